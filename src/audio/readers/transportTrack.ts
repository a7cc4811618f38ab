import { EncodedPacketSink } from 'mediabunny';
import type { EncodedPacket, InputAudioTrack } from 'mediabunny';
import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { openInput } from '../inspectContainer.js';
import type { PcmProblem } from '../pcmReader.js';
import { damagedTables, withoutSound } from './containerErrors.js';
import { exactTimes, type ExactSeconds } from './packetTimes.js';
import type { PacketBatch, SoundTrack } from './soundTrack.js';

const packetByteLengthLimit = 16 << 20;

/**
 * The sound track of an MPEG transport stream, by mediabunny.
 * @throws EarshotError `unsupported-media`, `clip-unreadable`.
 */
export async function openTransportTrack(source: ByteSource, signal: AbortSignal | undefined): Promise<SoundTrack> {
  const input = openInput(source, signal, Infinity);
  try {
    const track = await input.getPrimaryAudioTrack();
    if (track === null) {
      throw (await input.getTracks()).length > 0 ? withoutSound(source.name) : damagedTables(source.name);
    }
    const origin = Math.max(0, await input.getFirstTimestamp());
    return await describeTrack(source, track, origin, () => {
      input.dispose();
    });
  } catch (error) {
    input.dispose();
    throwIfCancelled(signal);
    throw error instanceof EarshotError ? error : damagedTables(source.name, error);
  }
}

async function describeTrack(
  source: ByteSource,
  track: InputAudioTrack,
  origin: number,
  close: () => void,
): Promise<SoundTrack> {
  const codec = await codecName(track);
  const firstPacket = (await new EncodedPacketSink(track).getFirstPacket()) ?? undefined;
  // AAC has its configuration in front of every frame.
  const setup = codec === 'aac' && firstPacket !== undefined ? [firstPacket.data.slice()] : [];
  const sampleRate = await track.getSampleRate();
  const declared = await track.getDurationFromMetadata();
  const problems: PcmProblem[] = [];
  const clock = { shift: origin, exactSeconds: exactTimes({ codec, sampleRate, setup, firstPacket }) };
  return {
    byteLength: source.byteLength,
    codec,
    sampleRate,
    channelCount: await track.getNumberOfChannels(),
    setup,
    ...(declared !== null && declared > 0 && Number.isFinite(declared) ? { endSeconds: declared } : {}),
    toleranceSeconds: 0.06,
    prerollSeconds: codec === 'mp3' ? 0.4 : 0.1,
    problems,
    close,
    batches: (fromSeconds) => readPackets(track, fromSeconds + origin, clock, problems),
  };
}

async function codecName(track: InputAudioTrack): Promise<string> {
  const codec = await track.getCodec();
  if (codec !== null) return codec;
  const internal = await track.getInternalCodecId();
  return typeof internal === 'string' ? internal.trim().toLowerCase() : 'unknown';
}

interface TrackClock {
  /** Of the track's clock against the clip's. */
  readonly shift: number;
  readonly exactSeconds: ExactSeconds;
}

async function* readPackets(
  track: InputAudioTrack,
  from: number,
  { shift, exactSeconds }: TrackClock,
  problems: PcmProblem[],
): AsyncGenerator<PacketBatch> {
  const sink = new EncodedPacketSink(track);
  const first = from <= shift ? null : await sink.getPacket(from);
  const packets = sink.packets(first ?? undefined)[Symbol.asyncIterator]();
  let last: EncodedPacket | undefined;
  for (;;) {
    let result: IteratorResult<EncodedPacket>;
    try {
      result = await packets.next();
    } catch (error) {
      if (error instanceof EarshotError) throw error;
      const atSeconds = Math.max(0, (last === undefined ? from : last.timestamp + last.duration) - shift);
      problems.push({ atSeconds, message: 'The stream is damaged here.', isEnd: true });
      return;
    }
    if (result.done === true) return;
    last = result.value;
    if (last.data.byteLength > packetByteLengthLimit) throw new RangeError('A packet is too long.');
    yield { packets: [last.data], startSeconds: exactSeconds(last.data, last.timestamp) - shift };
  }
}
