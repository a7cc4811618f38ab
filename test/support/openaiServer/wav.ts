import { latin1 } from './bytes.ts';

/** Samples as they came, one array for each channel. */
export interface Pcm {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
}

export class DamagedAudio extends Error {}

interface WavFormat {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly blockAlign: number;
  readonly bits: number;
}

const pcmTag = 1;
const floatTag = 3;
const extensibleTag = 0xfffe;

function readFormat(view: DataView, at: number, size: number): WavFormat {
  if (size !== 16 && size !== 18 && size !== 40) throw new DamagedAudio(`WAV format chunk of ${size} bytes`);
  let tag = view.getUint16(at, true);
  if (tag === extensibleTag) {
    if (size !== 40) throw new DamagedAudio('WAV extensible format chunk is too short');
    tag = view.getUint16(at + 24, true);
  }
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const byteRate = view.getUint32(at + 8, true);
  const blockAlign = view.getUint16(at + 12, true);
  const bits = view.getUint16(at + 14, true);
  if (tag !== pcmTag && tag !== floatTag) throw new DamagedAudio(`WAV format tag ${tag} is neither PCM nor float`);
  if (channels < 1 || channels > 8) throw new DamagedAudio(`WAV says ${channels} channels`);
  if (sampleRate < 8000 || sampleRate > 192_000) throw new DamagedAudio(`WAV says ${sampleRate} Hz`);
  if (tag === floatTag ? bits !== 32 : ![8, 16, 24, 32].includes(bits)) {
    throw new DamagedAudio(`WAV says ${bits} bits a sample`);
  }
  if (blockAlign !== (channels * bits) / 8) {
    throw new DamagedAudio(`WAV block align is ${blockAlign}, should be ${(channels * bits) / 8}`);
  }
  if (byteRate !== sampleRate * blockAlign) {
    throw new DamagedAudio(`WAV byte rate is ${byteRate}, should be ${sampleRate * blockAlign}`);
  }
  return { tag, channels, sampleRate, blockAlign, bits };
}

function sampleReader(view: DataView, format: WavFormat): (at: number) => number {
  if (format.tag === floatTag) return (at) => view.getFloat32(at, true);
  switch (format.bits) {
    case 8:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 16:
      return (at) => view.getInt16(at, true) / 32_768;
    case 24:
      return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / 8_388_608;
    default:
      return (at) => view.getInt32(at, true) / 2_147_483_648;
  }
}

/** Decodes a WAV whose header is right to the byte, and throws `DamagedAudio` at anything else. */
export function decodeWav(bytes: Uint8Array): Pcm {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 44) throw new DamagedAudio(`WAV of ${bytes.byteLength} bytes`);
  const riffSize = view.getUint32(4, true);
  if (riffSize !== bytes.byteLength - 8) {
    throw new DamagedAudio(`WAV says ${riffSize} bytes follow, but ${bytes.byteLength - 8} do`);
  }
  let format: WavFormat | undefined;
  let pcm: Pcm | undefined;
  let at = 12;
  while (at < bytes.byteLength) {
    if (at + 8 > bytes.byteLength) throw new DamagedAudio('WAV ends inside a chunk header');
    const id = latin1(bytes, at, at + 4);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (start + size > bytes.byteLength) throw new DamagedAudio(`WAV chunk ${id} runs past the end of the file`);
    if (id === 'fmt ') {
      if (format) throw new DamagedAudio('WAV has two format chunks');
      format = readFormat(view, start, size);
    } else if (id === 'data') {
      if (!format) throw new DamagedAudio('WAV has its data before its format');
      if (pcm) throw new DamagedAudio('WAV has two data chunks');
      if (size % format.blockAlign !== 0) throw new DamagedAudio('WAV data ends inside a sample');
      pcm = readSamples(view, format, start, size);
    }
    at = start + size + (size % 2);
  }
  if (!pcm) throw new DamagedAudio('WAV has no data chunk');
  return pcm;
}

function readSamples(view: DataView, format: WavFormat, start: number, size: number): Pcm {
  const frames = size / format.blockAlign;
  const read = sampleReader(view, format);
  const width = format.bits / 8;
  const channels = Array.from({ length: format.channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame++) {
      samples[frame] = read(start + frame * format.blockAlign + channel * width);
    }
    return samples;
  });
  return { sampleRate: format.sampleRate, channels };
}

export function toPcm16(channels: readonly Float32Array[]): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const bytes = new Uint8Array(frames * channels.length * 2);
  const view = new DataView(bytes.buffer);
  channels.forEach((samples, channel) => {
    for (let frame = 0; frame < frames; frame++) {
      const value = Math.max(-32_768, Math.min(32_767, Math.round((samples[frame] ?? 0) * 32_768)));
      view.setInt16((frame * channels.length + channel) * 2, value, true);
    }
  });
  return bytes;
}

/** A 16-bit WAV. With `sizes: 'unknown'` its sizes are 0xFFFFFFFF, as in every WAV that OpenAI streams. */
export function encodeWav(pcm: Pcm, sizes: 'exact' | 'unknown' = 'exact'): Uint8Array {
  const data = toPcm16(pcm.channels);
  const blockAlign = pcm.channels.length * 2;
  const bytes = new Uint8Array(44 + data.byteLength);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string) => {
    bytes.set(Buffer.from(text, 'latin1'), at);
  };
  tag(0, 'RIFF');
  view.setUint32(4, sizes === 'exact' ? 36 + data.byteLength : 0xffff_ffff, true);
  tag(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, pcmTag, true);
  view.setUint16(22, pcm.channels.length, true);
  view.setUint32(24, pcm.sampleRate, true);
  view.setUint32(28, pcm.sampleRate * blockAlign, true);
  view.setUint16(32, blockAlign, true);
  view.setUint16(34, 16, true);
  tag(36, 'data');
  view.setUint32(40, sizes === 'exact' ? data.byteLength : 0xffff_ffff, true);
  bytes.set(data, 44);
  return bytes;
}
