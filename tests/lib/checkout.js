// A copy of this checkout as someone else gets it: its files alone, nothing
// that was built or installed here.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './stack.js';

// Folders and files at the top that are ours; all else there is made.
const tops = [
  'bench',
  'deploy',
  'docs',
  'nginx',
  'sql',
  'src',
  'tests',
  'tools',
  'www',
];
const made = new Set(['node_modules', 'package-lock.json']);

function below(dir) {
  return fs
    .readdirSync(path.join(root, dir), { withFileTypes: true })
    .flatMap((e) => {
      const name = path.join(dir, e.name);
      if (made.has(e.name)) return [];
      return e.isDirectory() ? below(name) : [name];
    });
}

// Paths from the root, in order; without what begins with a dot at the top.
export function checkoutFiles() {
  const single = [
    'CONTRIBUTING.md',
    'LICENSE',
    'Makefile.am',
    'README.md',
    'configure.ac',
    'trainmode',
  ];
  const more = ['CHANGELOG.md', 'pre-commit'].filter((name) =>
    fs.existsSync(path.join(root, name)),
  );
  return [...single, ...more, ...tops.flatMap(below)].sort();
}

// Into a new folder, as under that umask.
export function copyCheckout(dir, { umask = 0o022, only = () => true } = {}) {
  const before = process.umask(umask);
  try {
    for (const name of checkoutFiles().filter(only)) {
      const to = path.join(dir, name);
      fs.mkdirSync(path.dirname(to), { recursive: true });
      const executable = fs.statSync(path.join(root, name)).mode & 0o111;
      fs.writeFileSync(to, fs.readFileSync(path.join(root, name)), {
        mode: executable ? 0o777 : 0o666,
      });
    }
  } finally {
    process.umask(before);
  }
}
