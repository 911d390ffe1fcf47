// What a stack uses while something runs: time, CPU, bytes, memory, of all its
// processes together, including those that have ended.
import fs from 'node:fs';

const read = (file) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended; its parent has its figures
  }
};

// pid to parent.
function parents() {
  const all = new Map();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`)
      .replace(/^.*\) /, '')
      .split(' ');
    if (stat.length > 2) all.set(Number(name), Number(stat[1]));
  }
  return all;
}

function treeOf(root) {
  const all = parents();
  const tree = [root];
  for (let i = 0; i < tree.length; i++)
    for (const [pid, parent] of all) if (parent === tree[i]) tree.push(pid);
  return tree;
}

// A process has the CPU and bytes of its children that have ended.
function figures(root) {
  const sum = { cpu: 0, read: 0, written: 0, memory: 0 };
  for (const pid of treeOf(root)) {
    const f = read(`/proc/${pid}/stat`)
      .replace(/^.*\) /, '')
      .split(' ');
    const io = read(`/proc/${pid}/io`);
    const number = (text, name) =>
      Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
    if (f.length > 14)
      sum.cpu +=
        (Number(f[11]) + Number(f[12]) + Number(f[13]) + Number(f[14])) / 100;
    sum.read += number(io, 'rchar');
    sum.written += number(io, 'wchar');
    sum.memory += number(read(`/proc/${pid}/status`), 'RssAnon') * 1024;
  }
  return sum;
}

// meter(name, fn) runs it and returns what it returns; rows gets
// {name, wall, cpu, read, written, memory}, in seconds and bytes.
export function meterOf(stack) {
  const root = parents().get(stack.pid('save'));
  const rows = [];
  return {
    rows,
    meter: async (name, fn) => {
      const before = figures(root);
      let peak = before.memory;
      const look = setInterval(() => {
        peak = Math.max(peak, figures(root).memory);
      }, 250);
      const start = process.hrtime.bigint();
      try {
        const result = await fn();
        const wall = Number(process.hrtime.bigint() - start) / 1e9;
        const after = figures(root);
        rows.push({
          name,
          wall,
          cpu: after.cpu - before.cpu,
          read: after.read - before.read,
          written: after.written - before.written,
          memory: Math.max(peak, after.memory),
        });
        return result;
      } finally {
        clearInterval(look);
      }
    },
  };
}
