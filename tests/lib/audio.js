// Audio that the tests make themselves.
import { randomBytes } from 'node:crypto';

// A valid MP3 of that many seconds: MPEG-1 layer III frames at 128 kbit/s, 44.1
// kHz, joint stereo, whose granules are empty (silence), after an ID3v2 tag
// with random bytes so that no two files are the same.
export function mp3(seconds = 40, { bytes } = {}) {
  const frames = bytes
    ? Math.ceil(bytes / 417)
    : Math.ceil((seconds * 44100) / 1152);
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x64]);
  const tag = Buffer.concat([
    Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 30]), // ID3v2.3, 30 bytes
    Buffer.from('TXXX'),
    Buffer.from([0, 0, 0, 20, 0, 0]),
    Buffer.from([0]),
    Buffer.from('x\0'),
    Buffer.from(randomBytes(9).toString('hex').slice(0, 17)),
  ]);
  const body = Buffer.alloc(frames * 417);
  for (let i = 0; i < frames; i++) frame.copy(body, i * 417);
  return Buffer.concat([tag, body]);
}

// 16-bit PCM WAV with a quiet tone.
export function wav(
  seconds = 2,
  { rate = 44100, channels = 2, hz = 220 } = {},
) {
  const n = Math.round(seconds * rate);
  const data = Buffer.alloc(n * channels * 2);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < channels; c++)
      data.writeInt16LE(
        Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / rate)),
        (i * channels + c) * 2,
      );
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

// 16-bit AIFF with a quiet tone.
export function aiff(seconds = 2, { channels = 2, hz = 220 } = {}) {
  const data = wav(seconds, { channels, hz }).subarray(44).swap16();
  const head = Buffer.alloc(54);
  head.write('FORM', 0);
  head.writeUInt32BE(46 + data.length, 4);
  head.write('AIFFCOMM', 8);
  head.writeUInt32BE(18, 16);
  head.writeUInt16BE(channels, 20);
  head.writeUInt32BE(data.length / (2 * channels), 22);
  head.writeUInt16BE(16, 26);
  head.set([0x40, 0x0e, 0xac, 0x44], 28); // 44100 as an 80-bit float
  head.write('SSND', 38);
  head.writeUInt32BE(8 + data.length, 42);
  return Buffer.concat([head, data]);
}
