// An installed tree whose trainmode-convert is a script that does what a test
// says, and counts: it simulates an encoder that is slow, fails or dies.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, tempDir } from './stack.js';

const SCRIPT = (dir) => `#!/bin/sh
echo $$ >> ${dir}/count
mkdir ${dir}/running/$$
how=$(cat ${dir}/how)
case $how in
hold) until [ -e ${dir}/go ]; do sleep 0.05; done ;;
pairs)
  for i in 1 2 3 4 5 6 7 8 9 10; do
    [ $(ls ${dir}/running | wc -l) -ge 2 ] && break
    sleep 1
  done
  ls ${dir}/running | wc -l >> ${dir}/widths
  sleep 0.3 ;;
esac
rmdir ${dir}/running/$$
case $how in
fails) exit 2 ;;
dies) echo some bytes >&3; kill -SEGV $$ ;;
full) printf 'full no room for it\\n'; exit 1 ;;
esac
exec "$0.real"
`;

//   app          what TRAINMODE_APP is
//   set(how)     "as it is"; hold: until go(); pairs: until two run; fails, dies,
//                full
//   go()         those that hold go on
//   count()      how often it was started
//   widths()     how many ran at once, as each of the pairs saw it
//   stop()
export function installConvert() {
  const build = process.env.TRAINMODE_TEST_BUILD ?? path.join(root, 'build');
  const app = tempDir('trainmode-convert-app-');
  const dir = tempDir('trainmode-convert-');
  if (process.env.TRAINMODE_APP)
    execFileSync('cp', ['-a', `${process.env.TRAINMODE_APP}/.`, app]);
  else
    execFileSync('make', ['-C', build, 'install', `prefix=${app}`], {
      stdio: 'pipe',
    });
  const program = path.join(app, 'libexec/trainmode-convert');
  fs.renameSync(program, `${program}.real`);
  fs.writeFileSync(program, SCRIPT(dir), { mode: 0o755 });
  fs.mkdirSync(path.join(dir, 'running'));
  for (const name of ['count', 'widths'])
    fs.writeFileSync(path.join(dir, name), '', { mode: 0o666 });
  for (const name of ['count', 'widths'])
    fs.chmodSync(path.join(dir, name), 0o666);
  fs.chmodSync(path.join(dir, 'running'), 0o777);
  for (const d of [app, dir]) fs.chmodSync(d, 0o755);
  const lines = (name) =>
    fs.readFileSync(path.join(dir, name), 'utf8').split('\n').filter(Boolean);
  const double = {
    app,
    set: (how) => {
      fs.rmSync(path.join(dir, 'go'), { force: true });
      fs.writeFileSync(path.join(dir, 'how'), how);
    },
    go: () => fs.writeFileSync(path.join(dir, 'go'), ''),
    count: () => lines('count').length,
    widths: () => lines('widths').map(Number),
    stop: () => {
      for (const d of [app, dir])
        fs.rmSync(d, { recursive: true, force: true });
    },
  };
  double.set('as it is');
  return double;
}
