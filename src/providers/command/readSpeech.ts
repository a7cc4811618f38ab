import { sourceFromBytes } from '../../audio/byteSource.js';
import { isPcmCodec, mixToMono, type PcmCodec } from '../../audio/pcm.js';
import { roundToPcm16 } from '../../audio/toPcm16.js';
import { readWavHeader } from '../../audio/wavHeader.js';
import { Failed } from '../dialects/wire.js';

/** 16-bit little-endian samples of one channel. */
export interface SpokenPart {
  readonly pcm: Uint8Array;
  readonly sampleRate: number;
}

/** Reads speech that a program writes to its standard output, as it comes. */
export interface SpeechReader {
  /** @throws Failed when it is not what it should be. */
  push(bytes: Uint8Array): Promise<SpokenPart | undefined>;
}

/** How the samples of a stream lie, and how many bytes of it are samples. */
interface Layout {
  readonly codec: PcmCodec;
  readonly channels: number;
  readonly frameByteLength: number;
  readonly sampleRate: number;
  readonly byteLength: number;
}

/** A header that is longer is none. */
const longestHeader = 1 << 20;
/** What programs that cannot know it yet write for a length: 0, or close to the largest number of 31 or 32 bits. */
const isUnknown = (length: number): boolean =>
  length === 0 || (length >= 0x7fff_f000 && length <= 0x7fff_ffff) || length >= 0xffff_f000;

const wrong = (): Failed => new Failed({ kind: 'malformed', missing: 'WAV' });

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.byteLength === 0) return right;
  const both = new Uint8Array(left.byteLength + right.byteLength);
  both.set(left);
  both.set(right, left.byteLength);
  return both;
}

/** Where the samples begin, or undefined while that has not come yet. */
function findData(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (offset: number): string => String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (bytes.byteLength < 12) return undefined;
  if (name(0) !== 'RIFF' || name(8) !== 'WAVE') throw wrong();
  for (let offset = 12; offset + 8 <= bytes.byteLength;) {
    if (name(offset) === 'data') return offset + 8;
    const length = view.getUint32(offset + 4, true);
    offset += 8 + length + (length % 2);
  }
  return undefined;
}

async function layoutOf(header: Uint8Array): Promise<Layout> {
  const length = new DataView(header.buffer, header.byteOffset, header.byteLength).getUint32(
    header.byteLength - 4,
    true,
  );
  const layout = await readWavHeader(sourceFromBytes('speech', header)).catch(() => undefined);
  if (layout === undefined || !isPcmCodec(layout.codec)) throw wrong();
  const { codec, channels, frameByteLength, sampleRate } = layout;
  return { codec, channels, frameByteLength, sampleRate, byteLength: isUnknown(length) ? Infinity : length };
}

/** Whole frames of any PCM as 16 bits, mono. */
function asMono16({ codec, channels, frameByteLength }: Layout, frames: Uint8Array): Uint8Array {
  if (codec === 'pcm-s16' && channels === 1) return frames;
  const mono = new Float32Array(frames.byteLength / frameByteLength);
  mixToMono(codec, channels, frames, mono);
  const samples = new Int16Array(mono.length);
  roundToPcm16(mono, 0, mono.length, samples, 0);
  return new Uint8Array(samples.buffer);
}

/** Cuts a stream into whole frames, and ends it where its samples end: tags may follow. */
function samplesReader(layout: Layout): (bytes: Uint8Array) => SpokenPart | undefined {
  let rest: Uint8Array = new Uint8Array(0);
  let left = layout.byteLength;
  return (bytes) => {
    const taken = bytes.subarray(0, Math.min(bytes.byteLength, left));
    left -= taken.byteLength;
    const all = joined(rest, taken);
    const whole = all.byteLength - (all.byteLength % layout.frameByteLength);
    // Copied, so that no more than it is kept of what came.
    rest = all.slice(whole);
    if (whole === 0) return undefined;
    return { pcm: asMono16(layout, all.subarray(0, whole)), sampleRate: layout.sampleRate };
  };
}

/** WAV as programs write it into a pipe: the lengths in its header are not to be believed. */
export function wavSpeechReader(): SpeechReader {
  let header: Uint8Array = new Uint8Array(0);
  let read: ((bytes: Uint8Array) => SpokenPart | undefined) | undefined;
  return {
    push: async (bytes) => {
      if (read !== undefined) return read(bytes);
      header = joined(header, bytes);
      const start = findData(header);
      if (start === undefined) {
        if (header.byteLength > longestHeader) throw wrong();
        return undefined;
      }
      read = samplesReader(await layoutOf(header.subarray(0, start)));
      return read(header.subarray(start));
    },
  };
}

/** Bare 16-bit little-endian samples of one channel. */
export function pcmSpeechReader(sampleRate: number): SpeechReader {
  const layout = { codec: 'pcm-s16', channels: 1, frameByteLength: 2, sampleRate, byteLength: Infinity } as const;
  const read = samplesReader(layout);
  return { push: (bytes) => Promise.resolve(read(bytes)) };
}
