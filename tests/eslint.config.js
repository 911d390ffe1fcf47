// ESLint's recommended rules over the page (a browser's) and the tests and the
// bench (Node's); ./trainmode lint runs it from the checkout's root.
import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['build*/', 'var/', '**/node_modules/'] },
  js.configs.recommended,
  { files: ['www/**/*.js'], languageOptions: { globals: globals.browser } },
  {
    files: ['tests/**/*.js', 'bench/**/*.js'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['tests/**/*.js', 'bench/**/*.js'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name='waitForFunction']" +
            ' > ArrowFunctionExpression[async=true]',
          message: 'A promise is true at once: use until() of lib/desk.js.',
        },
      ],
    },
  },
  // Functions that a test hands to the browser run there.
  {
    files: [
      'bench/page.js',
      'tests/page/**/*.js',
      'tests/lib/browser.js',
      'tests/lib/desk.js',
      'tests/lib/firefox.js',
    ],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
