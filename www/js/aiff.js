// AIFF, which few browsers play: its length, and the same sound as WAV.

const decoder = new TextDecoder('latin1');
const text = (view, at) => decoder.decode(view.buffer.slice(at, at + 4));
const headMost = 1 << 20; // chunks before the sound: names, a picture

// Of an 80-bit float: sample rates are whole numbers.
const rateAt = (view, at) =>
  view.getUint32(at + 2) / 2 ** (16383 + 31 - (view.getUint16(at) & 0x7fff));

// {channels, frames, bits, rate, form, dataAt}; null if it is another kind or
// is packed.
async function headOf(blob) {
  const view = new DataView(await blob.slice(0, headMost).arrayBuffer());
  if (view.byteLength < 12 || text(view, 0) !== 'FORM') return null;
  const packed = text(view, 8) === 'AIFC';
  if (!packed && text(view, 8) !== 'AIFF') return null;
  let head = null;
  let dataAt = 0;
  for (let at = 12; at + 26 <= view.byteLength && !(head && dataAt);) {
    const name = text(view, at);
    if (name === 'COMM') {
      head = {
        channels: view.getInt16(at + 8),
        frames: view.getUint32(at + 10),
        bits: view.getInt16(at + 14),
        rate: rateAt(view, at + 16),
        form: packed ? text(view, at + 26) : 'NONE',
      };
    }
    if (name === 'SSND') dataAt = at + 16 + view.getUint32(at + 8);
    const size = view.getUint32(at + 4);
    at += 8 + size + (size % 2);
  }
  return head && dataAt ? { ...head, dataAt } : null;
}

export async function aiffSeconds(blob) {
  const head = await headOf(blob).catch(() => null);
  return head?.rate ? head.frames / head.rate : null;
}

// A WAV of the same sound; null if it is none that we can read.
export async function wavOf(blob) {
  const head = await headOf(blob);
  const float = head?.form === 'fl32';
  if (!head || !(float || ['NONE', 'twos', 'sowt'].includes(head.form)))
    return null;
  const width = Math.ceil(head.bits / 8);
  const { channels, rate, dataAt } = head;
  const end = dataAt + head.frames * channels * width;
  const sound = new Uint8Array(await blob.slice(dataAt, end).arrayBuffer());
  if (width === 1) sound.forEach((byte, i) => (sound[i] = byte ^ 0x80));
  else if (head.form !== 'sowt') turn(sound, width);
  const wav = new DataView(new ArrayBuffer(44));
  [...'RIFF    WAVEfmt '].forEach((c, i) => wav.setUint8(i, c.charCodeAt(0)));
  [...'data'].forEach((c, i) => wav.setUint8(36 + i, c.charCodeAt(0)));
  wav.setUint32(4, 36 + sound.length, true);
  wav.setUint32(16, 16, true);
  wav.setUint16(20, float ? 3 : 1, true);
  wav.setUint16(22, channels, true);
  wav.setUint32(24, rate, true);
  wav.setUint32(28, rate * channels * width, true);
  wav.setUint16(32, channels * width, true);
  wav.setUint16(34, 8 * width, true);
  wav.setUint32(40, sound.length, true);
  return new Blob([wav, sound], { type: 'audio/wav' });
}

// The last byte of each sample first.
function turn(bytes, width) {
  for (let at = 0; at + width <= bytes.length; at += width) {
    bytes.subarray(at, at + width).reverse();
  }
}
