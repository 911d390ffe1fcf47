// Zips and tars that the tests make themselves, good ones and bad ones.
import { deflateRawSync, gzipSync } from 'node:zlib';
import { crc32 } from './crc32.js';

const bytes = (v) => (Buffer.isBuffer(v) ? v : Buffer.from(v));

// entries: [{name (text, or bytes as they are), data, packed, utf8, link,
// encrypted, crc}]; a name as text is UTF-8 and says so, unless utf8 is false.
export function zip(entries) {
  const parts = [];
  const central = [];
  let at = 0;
  for (const {
    name,
    data = '',
    packed = false,
    utf8 = typeof name === 'string',
    link = false,
    encrypted = false,
    crc,
  } of entries) {
    const whole = bytes(data);
    const stored = packed ? deflateRawSync(whole) : whole;
    const title = bytes(name);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE((utf8 ? 0x800 : 0) | (encrypted ? 1 : 0), 2);
    head.writeUInt16LE(packed ? 8 : 0, 4);
    head.writeUInt32LE(0x5a210000, 6); // 2025
    head.writeUInt32LE(crc ?? crc32(whole), 10);
    head.writeUInt32LE(stored.length, 14);
    head.writeUInt32LE(whole.length, 18);
    head.writeUInt16LE(title.length, 22);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(((link ? 0o120777 : 0o100644) << 16) >>> 0, 6);
    more.writeUInt32LE(at, 10);
    central.push(
      Buffer.from('PK\x01\x02'),
      Buffer.from([20, 3]),
      head,
      more,
      title,
    );
    parts.push(Buffer.from('PK\x03\x04'), head, title, stored);
    at += 4 + head.length + title.length + stored.length;
  }
  const list = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

// entries: [{name, data, link}]; a link's data is its target.
export function tar(entries) {
  const parts = entries.flatMap(({ name, data = '', link = false }) => {
    const body = link ? Buffer.alloc(0) : bytes(data);
    const head = Buffer.alloc(512);
    head.write(name, 0, 100);
    for (const [at, text] of [
      [100, '0000644'],
      [108, '0000000'],
      [116, '0000000'],
    ])
      head.write(text, at);
    head.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('00000000000', 136);
    head.write('        ', 148);
    head.write(link ? '2' : '0', 156);
    if (link) head.write(String(data), 157, 100);
    head.write('ustar', 257);
    head.write('00', 263);
    const sum = head.reduce((a, b) => a + b, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export const tgz = (entries) => gzipSync(tar(entries));
