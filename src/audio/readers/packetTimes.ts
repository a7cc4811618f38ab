import { parseFlacFrame, parseFlacInfo } from './flacFrames.js';

export interface TimedTrack {
  readonly codec: string;
  readonly sampleRate: number;
  readonly setup: readonly Uint8Array[];
  readonly firstPacket: { readonly data: Uint8Array; readonly timestamp: number } | undefined;
}

/** When a packet plays, on the track's clock. @param timestamp What the container says, in seconds. */
export type ExactSeconds = (data: Uint8Array, timestamp: number) => number;

/**
 * Rounded times would put a part of a recording up to a millisecond beside its place in the whole. The lengths of packets
 * tell better: FLAC's are numbered, and those of the others are multiples of a step that is longer than the rounding.
 */
export function exactTimes(track: TimedTrack): ExactSeconds {
  const { codec, sampleRate, setup, firstPacket } = track;
  const info = codec === 'flac' ? parseFlacInfo(setup[0] ?? new Uint8Array(0)) : undefined;
  if (info !== undefined) {
    return (data, timestamp) => {
      const frame = parseFlacFrame(data, 0, info);
      return frame === undefined ? timestamp : frame.startSample / sampleRate;
    };
  }
  const step = packetSeconds(track);
  const start = firstPacket?.timestamp ?? 0;
  if (step < 0.001) return (_, timestamp) => timestamp;
  return (_, timestamp) => start + Math.round((timestamp - start) / step) * step;
}

/** What the length of every packet is a multiple of; 0 where that is not known. */
function packetSeconds({ codec, sampleRate, setup, firstPacket }: TimedTrack): number {
  switch (codec) {
    case 'aac':
      return 1024 / sampleRate;
    case 'mp3':
      return (sampleRate >= 32_000 ? 1152 : 576) / sampleRate;
    case 'opus':
      return firstPacket === undefined ? 0 : opusPacketSeconds(firstPacket.data);
    case 'vorbis':
      // A quarter of a short block.
      return 2 ** ((setup[0]?.[28] ?? 0) & 15) / 4 / sampleRate;
    default:
      return 0;
  }
}

/** How long a packet plays; 0 where only decoding tells. */
export function packetDuration(track: TimedTrack, pcmFrameByteLength: number): (data: Uint8Array) => number {
  const { codec, sampleRate, setup } = track;
  const info = codec === 'flac' ? parseFlacInfo(setup[0] ?? new Uint8Array(0)) : undefined;
  if (codec === 'opus') return opusPacketSeconds;
  if (codec === 'aac' || codec === 'mp3') {
    const seconds = packetSeconds(track);
    return () => seconds;
  }
  if (info !== undefined) return (data) => (parseFlacFrame(data, 0, info)?.sampleCount ?? 0) / sampleRate;
  if (pcmFrameByteLength > 0) return (data) => Math.floor(data.byteLength / pcmFrameByteLength) / sampleRate;
  return () => 0;
}

/** From the first byte of the packet (RFC 6716, 3.1). */
export function opusPacketSeconds(packet: Uint8Array): number {
  const head = packet[0] ?? 0;
  const kind = head >> 3;
  const milliseconds = kind < 12 ? opusSilk[kind & 3] : kind < 16 ? ((kind & 1) === 0 ? 10 : 20) : opusCelt[kind & 3];
  const code = head & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  return ((milliseconds ?? 0) * frames) / 1000;
}

const opusSilk = [10, 20, 40, 60];
const opusCelt = [2.5, 5, 10, 20];
