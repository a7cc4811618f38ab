import type { AudioCodec } from 'mediabunny';
import type { PcmProblem } from '../pcmReader.js';
import type { PacketBatch, SoundTrack } from '../readers/soundTrack.js';
import type { TimedPacket } from './packetFile.js';
import type { PacketSource } from './packetSource.js';

/** As WebCodecs names them (its codec registry), for whoever writes the packets again. */
const codecStrings: Readonly<Partial<Record<AudioCodec, string>>> = {
  aac: 'mp4a.40.2',
  opus: 'opus',
  vorbis: 'vorbis',
  flac: 'flac',
  mp3: 'mp3',
};

/** What decoders hear as an end that came too soon. */
const endToleranceSeconds = 0.25;

/** @throws Error when its codec is not one that can be written. */
export function trackPackets(track: SoundTrack): PacketSource {
  const codec = Object.keys(codecStrings).find((name): name is AudioCodec => name === track.codec);
  if (codec === undefined) throw new Error(`Packets of ${track.codec} cannot be written.`);
  const [description] = track.setup;
  const watch = new LossWatch(track);
  return {
    codec,
    config: {
      codec: codecStrings[codec] ?? codec,
      sampleRate: track.sampleRate,
      numberOfChannels: track.channelCount,
      ...(description === undefined ? {} : { description }),
    },
    headers: track.setup,
    get problems() {
      return watch.problems;
    },
    packets: (fromSeconds) => timed(track, fromSeconds, watch),
    close: () => {
      track.close();
    },
  };
}

async function* timed(
  track: SoundTrack,
  fromSeconds: number,
  watch: LossWatch,
): AsyncGenerator<readonly TimedPacket[], void, undefined> {
  // Where a packet does not say how long it plays, the next one tells.
  let held: Held | undefined;
  for await (const batch of track.batches(fromSeconds)) {
    const packets = timesOf(batch);
    const [first] = packets;
    if (first === undefined) continue;
    watch.meet(first.startSeconds);
    if (held !== undefined) yield [withDuration(held, Math.max(0, first.startSeconds - held.startSeconds))];
    held = batch.packetSeconds === undefined && batch.isLast !== true ? packets.pop() : undefined;
    const last = packets.at(-1) ?? held;
    if (last !== undefined) watch.reach(last);
    if (packets.length > 0) yield packets.map((packet) => withDuration(packet, packet.durationSeconds));
  }
  if (held !== undefined) yield [withDuration(held, 0)];
  watch.finish();
}

interface Held {
  readonly data: Uint8Array;
  readonly startSeconds: number;
  readonly durationSeconds: number;
}

function timesOf({ packets, startSeconds = 0, packetSeconds = 0, endSeconds, isLast }: PacketBatch): Held[] {
  const end = isLast === true ? (endSeconds ?? Infinity) : Infinity;
  const times: Held[] = [];
  packets.forEach((data, index) => {
    const start = startSeconds + index * packetSeconds;
    const duration = packetSeconds === 0 && end !== Infinity ? end - start : Math.min(packetSeconds, end - start);
    // What lies wholly behind the end is not to be heard.
    if (start < end) times.push({ data, startSeconds: start, durationSeconds: duration });
  });
  return times;
}

/** What a track hands out may be a view of a large block, which would be kept whole. */
function withDuration({ data, startSeconds }: Held, durationSeconds: number): TimedPacket {
  return { data: data.slice(), startSeconds, durationSeconds };
}

/** Says where sound is missing, which only whoever looks at the times can tell. */
class LossWatch {
  readonly #track: SoundTrack;
  readonly #own: PcmProblem[] = [];
  #reached: number | undefined;

  constructor(track: SoundTrack) {
    this.#track = track;
  }

  get problems(): readonly PcmProblem[] {
    return [...this.#track.problems, ...this.#own].sort((left, right) => left.atSeconds - right.atSeconds);
  }

  meet(seconds: number): void {
    const gap = this.#reached === undefined ? 0 : seconds - this.#reached;
    if (this.#reached === undefined || gap <= Math.max(0.01, this.#track.toleranceSeconds)) return;
    this.#own.push({
      atSeconds: Math.max(0, this.#reached),
      message: `${gap.toFixed(2)} s of sound are missing here.`,
      isEnd: false,
    });
  }

  reach({ startSeconds, durationSeconds }: Held): void {
    this.#reached = durationSeconds > 0 ? startSeconds + durationSeconds : undefined;
  }

  finish(): void {
    const { endSeconds } = this.#track;
    const reached = this.#reached;
    if (endSeconds === undefined || reached === undefined || this.problems.some(({ isEnd }) => isEnd)) return;
    if (reached >= endSeconds - endToleranceSeconds) return;
    const message = `The file says that it plays to ${endSeconds.toFixed(1)} s, but its sound ends here.`;
    this.#own.push({ atSeconds: Math.max(0, reached), message, isEnd: true });
  }
}
