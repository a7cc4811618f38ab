import { EncodedPacketSink } from 'mediabunny';
import type { EncodedPacket, InputAudioTrack } from 'mediabunny';
import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { openInput } from '../inspectContainer.js';
import type { PcmProblem } from '../pcmReader.js';
import { findAlacCookie, findGaplessInfo, readMovieBox } from './mp4Boxes.js';
import { parseFlacFrame, parseFlacInfo } from './flacFrames.js';
import type { PacketBatch, SoundTrack } from './soundTrack.js';

/** A packet of a second of uncompressed sound in eight channels is far below; a declared size beyond is damage. */
const packetByteLengthLimit = 64 << 20;

/**
 * The sound track of MP4, QuickTime, WebM, Matroska or a transport stream, by mediabunny.
 * @throws EarshotError `unsupported-media`, `clip-unreadable`.
 */
export async function openContainerTrack(source: ByteSource, signal: AbortSignal | undefined): Promise<SoundTrack> {
  const input = openInput(source, signal, Infinity);
  try {
    const track = await input.getPrimaryAudioTrack();
    if (track === null) throw await lacksSound(source, input.getTracks());
    const container = (await input.getFormat()).name;
    const firstTimestamp = await input.getFirstTimestamp();
    return await describeTrack(source, track, container, Math.max(0, firstTimestamp), signal, () => {
      input.dispose();
    });
  } catch (error) {
    input.dispose();
    throwIfCancelled(signal);
    throw error instanceof EarshotError ? error : unreadable(source.name, error);
  }
}

async function lacksSound(source: ByteSource, tracks: Promise<readonly unknown[]>): Promise<EarshotError> {
  if ((await tracks).length > 0) {
    return new EarshotError('unsupported-media', `${source.name} has no sound track. Choose a file with sound.`);
  }
  return unreadable(source.name, undefined);
}

function unreadable(name: string, cause: unknown): EarshotError {
  return new EarshotError(
    'clip-unreadable',
    `The tables of ${name} that say where its sound lies are damaged or missing. Copy or download it again.`,
    { cause, detail: String(cause) },
  );
}

async function describeTrack(
  source: ByteSource,
  track: InputAudioTrack,
  container: string,
  origin: number,
  signal: AbortSignal | undefined,
  close: () => void,
): Promise<SoundTrack> {
  const isMp4 = container === 'MP4' || container === 'QuickTime File Format';
  const isMatroska = container === 'WebM' || container === 'Matroska';
  const movie = isMp4 ? await readMovieBox(source, signal) : undefined;
  const cookie = (await track.getInternalCodecId()) === 'alac' && movie ? findAlacCookie(movie) : undefined;
  const codec = cookie === undefined ? await codecName(track) : 'alac';
  const config = cookie === undefined ? await track.getDecoderConfig() : null;
  const firstPacket = await new EncodedPacketSink(track).getFirstPacket();
  // Its type is one of the DOM's.
  const description: unknown = cookie ?? config?.description;
  const setup = codecSetup(codec, bytesOf(description), firstPacket?.data);
  const sampleRate = await track.getSampleRate();
  const delay = codec === 'opus' && isMatroska ? opusDelaySeconds(setup[0]) : 0;
  const firstSeconds = firstPacket?.timestamp ?? 0;
  const gapless = codec === 'aac' && movie && firstSeconds >= 0 ? findGaplessInfo(movie) : undefined;
  const found = { codec, sampleRate, setup, firstPacket };
  const warmUp = codec === 'vorbis' && isMatroska ? await secondsToNext(track, found) : 0;
  const priming = gapless === undefined ? 0 : gapless.priming / sampleRate;
  const declared = await track.getDurationFromMetadata();
  const endSeconds =
    gapless === undefined ? (declared === null ? undefined : declared - delay) : gapless.sampleCount / sampleRate;
  const problems: PcmProblem[] = [];
  const shift = origin + delay + priming + warmUp;
  const clock = { shift, exactSeconds: isMp4 ? timestampOf : exactTimes(found) };
  return {
    byteLength: source.byteLength,
    codec,
    sampleRate,
    channelCount: await track.getNumberOfChannels(),
    setup,
    ...(endSeconds !== undefined && endSeconds > 0 && Number.isFinite(endSeconds) ? { endSeconds } : {}),
    // Matroska rounds its times to milliseconds, and browsers stamp what they record by another clock than the sound's.
    toleranceSeconds: isMp4 && codec !== 'mp3' ? 0.01 : 0.06,
    prerollSeconds: codec === 'opus' ? 0.2 : codec === 'vorbis' ? 0.2 : codec === 'mp3' ? 0.4 : 0.1,
    problems,
    close,
    batches: (fromSeconds) => {
      const end = { endSeconds, isMp4: isMp4 && gapless === undefined };
      return readPackets(track, fromSeconds + shift, clock, end, problems);
    },
  };
}

async function codecName(track: InputAudioTrack): Promise<string> {
  const codec = await track.getCodec();
  if (codec !== null) return codec;
  const internal = await track.getInternalCodecId();
  return typeof internal === 'string' ? internal.trim().toLowerCase() : 'unknown';
}

/** The headers as the decoders take them. */
function codecSetup(codec: string, bytes: Uint8Array | undefined, firstPacket: Uint8Array | undefined): Uint8Array[] {
  // AAC in a transport stream has its configuration in front of every frame.
  if (bytes === undefined) return codec === 'aac' && firstPacket !== undefined ? [firstPacket.slice()] : [];
  if (codec === 'vorbis') return splitXiphHeaders(bytes);
  if (codec !== 'flac') return [bytes];
  const head = bytes.slice(0, 42);
  head[4] = 0x80;
  return [head];
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/** Three headers behind the lengths of the first two (Xiph lacing). */
function splitXiphHeaders(bytes: Uint8Array): Uint8Array[] {
  const lengths: number[] = [];
  let offset = 1;
  for (let count = bytes[0] ?? 0; count > 0; count--) {
    let length = 0;
    while (bytes[offset] === 255) length += bytes[offset++] ?? 0;
    lengths.push(length + (bytes[offset++] ?? 0));
  }
  const headers = lengths.map((length) => bytes.subarray(offset, (offset += length)));
  return [...headers, bytes.subarray(offset)];
}

function opusDelaySeconds(head: Uint8Array | undefined): number {
  return head === undefined ? 0 : ((head[10] ?? 0) | ((head[11] ?? 0) << 8)) / 48_000;
}

/** The first packet of Vorbis only prepares the second. */
async function secondsToNext(track: InputAudioTrack, found: FoundTrack): Promise<number> {
  const { firstPacket } = found;
  const next = firstPacket === null ? null : await new EncodedPacketSink(track).getNextPacket(firstPacket);
  if (firstPacket === null || next === null) return 0;
  const exactSeconds = exactTimes(found);
  return exactSeconds(next) - exactSeconds(firstPacket);
}

function timestampOf(packet: EncodedPacket): number {
  return packet.timestamp;
}

interface FoundTrack {
  readonly codec: string;
  readonly sampleRate: number;
  readonly setup: readonly Uint8Array[];
  readonly firstPacket: EncodedPacket | null;
}

/** What the length of every packet is a multiple of; 0 where that is not known. */
function packetSeconds({ codec, sampleRate, setup, firstPacket }: FoundTrack): number {
  switch (codec) {
    case 'aac':
      return 1024 / sampleRate;
    case 'mp3':
      return (sampleRate >= 32_000 ? 1152 : 576) / sampleRate;
    case 'opus':
      return firstPacket === null ? 0 : opusPacketSeconds(firstPacket.data);
    case 'vorbis':
      // A quarter of a short block.
      return 2 ** ((setup[0]?.[28] ?? 0) & 15) / 4 / sampleRate;
    default:
      return 0;
  }
}

/** From the first byte of the packet (RFC 6716, 3.1). */
function opusPacketSeconds(packet: Uint8Array): number {
  const [head = 0, count = 0] = packet;
  const kind = head >> 3;
  const milliseconds =
    kind < 12 ? [10, 20, 40, 60][kind & 3] : kind < 16 ? [10, 20][kind & 1] : [2.5, 5, 10, 20][kind & 3];
  const frames = [1, 2, 2, count & 63][head & 3];
  return ((milliseconds ?? 0) * (frames ?? 0)) / 1000;
}

interface TrackClock {
  /** Of the track's clock against the clip's. */
  readonly shift: number;
  /** When a packet plays, on the track's clock. */
  readonly exactSeconds: (packet: EncodedPacket) => number;
}

/**
 * Rounded times would put a part of a recording up to a millisecond beside its place in the whole. The lengths of packets
 * tell better: FLAC's are numbered, and those of the others are multiples of a step that is longer than the rounding.
 */
function exactTimes(track: FoundTrack): TrackClock['exactSeconds'] {
  const { codec, sampleRate, setup, firstPacket } = track;
  const info = codec === 'flac' ? parseFlacInfo(setup[0] ?? new Uint8Array(0)) : undefined;
  if (info !== undefined) {
    return (packet) => {
      const frame = parseFlacFrame(packet.data, 0, info);
      return frame === undefined ? packet.timestamp : frame.startSample / sampleRate;
    };
  }
  const step = packetSeconds(track);
  const start = firstPacket?.timestamp ?? 0;
  if (step < 0.001) return (packet) => packet.timestamp;
  return ({ timestamp }) => start + Math.round((timestamp - start) / step) * step;
}

interface TrackEnd {
  readonly endSeconds: number | undefined;
  /** The last packet of MP4 says how much of it counts; the others' packets say nothing of use. */
  readonly isMp4: boolean;
}

/** One packet behind, since only the last is cut. */
async function* readPackets(
  track: InputAudioTrack,
  from: number,
  clock: TrackClock,
  end: TrackEnd,
  problems: PcmProblem[],
): AsyncGenerator<PacketBatch> {
  const { shift } = clock;
  const sink = new EncodedPacketSink(track);
  const first = from <= shift ? null : await sink.getPacket(from);
  const placeOf = (packet: EncodedPacket): number => clock.exactSeconds(packet) - shift;
  const packets = sink.packets(first ?? undefined)[Symbol.asyncIterator]();
  let held: EncodedPacket | undefined;
  for (;;) {
    let result: IteratorResult<EncodedPacket>;
    try {
      result = await packets.next();
    } catch (error) {
      if (error instanceof EarshotError) throw error;
      const atSeconds = Math.max(0, (held === undefined ? from : held.timestamp + held.duration) - shift);
      problems.push({ atSeconds, message: 'The tables of the file are damaged here.', isEnd: true });
      break;
    }
    if (result.done === true) break;
    if (held !== undefined) yield { packets: [held.data], startSeconds: placeOf(held) };
    if (result.value.data.byteLength > packetByteLengthLimit) throw new RangeError('A packet is too long.');
    held = result.value;
  }
  if (held === undefined) return;
  const startSeconds = placeOf(held);
  const endSeconds = end.isMp4 && held.duration > 0 ? startSeconds + held.duration : end.endSeconds;
  const cuts = endSeconds !== undefined && endSeconds > startSeconds;
  yield { packets: [held.data], startSeconds, ...(cuts ? { endSeconds, isLast: true } : {}) };
}
