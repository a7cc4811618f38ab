import { opusPacketSampleCount } from '../encoders/opusHead.js';
import { parseFlacFrame, parseFlacInfo } from '../readers/flacFrames.js';
import type { OggSound } from '../readers/oggTrack.js';
import type { PacketBatch } from '../readers/soundTrack.js';
import { LossWatch } from './lossWatch.js';
import type { TimedPacket } from './packetFile.js';
import type { PacketSource } from './packetSource.js';
import { vorbisSampleCounter } from './vorbisBlocks.js';

/** The sound of an Ogg file. Its pages tell only where they end; how long each packet plays, the codec tells. */
export function oggTrackPackets(track: OggSound): PacketSource {
  const { codec, granuleRate, channelCount } = track.head;
  const watch = new LossWatch(track);
  const [description] = track.setup;
  return {
    codec,
    config: {
      codec,
      sampleRate: granuleRate,
      numberOfChannels: channelCount,
      ...(description === undefined ? {} : { description }),
    },
    headers: track.setup,
    get problems() {
      return watch.problems;
    },
    packets: (fromSeconds) => timedPackets(track, fromSeconds, watch),
    close: () => {
      track.close();
    },
  };
}

async function* timedPackets(
  track: OggSound,
  fromSeconds: number,
  watch: LossWatch,
): AsyncGenerator<readonly TimedPacket[], void, undefined> {
  const rate = track.head.granuleRate;
  const sampleCountOf = sampleCounter(track);
  const clock = new PageClock(track);
  for await (const batch of track.batches(fromSeconds)) {
    if (batch.setup !== undefined && !isSameSetup(track, batch.setup)) {
      watch.endHere('Here another recording begins, of another kind; it was left out.');
      return;
    }
    const counts = batch.packets.map(sampleCountOf);
    const { start, end } = clock.place(
      batch,
      counts.reduce((sum, count) => sum + count, 0),
    );
    const packets: TimedPacket[] = [];
    let sample = start;
    batch.packets.forEach((data, index) => {
      const count = Math.min(counts[index] ?? 0, end - sample);
      // What lies wholly behind the end is not to be heard.
      if (sample <= end) packets.push({ data, startSeconds: sample / rate, durationSeconds: count / rate });
      sample += count;
    });
    const last = packets.at(-1);
    if (last === undefined) continue;
    watch.meet(start / rate);
    watch.reach(last);
    yield packets;
  }
  watch.finish();
}

function sampleCounter({ codec, setup }: OggSound): (packet: Uint8Array) => number {
  const [first = new Uint8Array(0), , third = new Uint8Array(0)] = setup;
  if (codec === 'opus') return opusPacketSampleCount;
  if (codec === 'vorbis') return vorbisSampleCounter(first, third);
  const info = parseFlacInfo(first);
  return (packet) => (info === undefined ? 0 : (parseFlacFrame(packet, 0, info)?.sampleCount ?? 0));
}

/** Where the samples of a page lie, whatever damaged pages say. In samples of the granules' rate. */
class PageClock {
  readonly #rate: number;
  readonly #latest: number;
  #reached: number | undefined;

  constructor({ head, endSeconds = Infinity }: OggSound) {
    this.#rate = head.granuleRate;
    this.#latest = Math.ceil((endSeconds + 1) * this.#rate);
  }

  /** @param sampleCount Of all packets of the page. */
  place({ startSeconds, endSeconds, isLast }: PacketBatch, sampleCount: number): { start: number; end: number } {
    const told = endSeconds === undefined ? undefined : Math.round(endSeconds * this.#rate);
    const isCredible = told !== undefined && told <= this.#latest;
    const begin =
      startSeconds !== undefined
        ? Math.round(startSeconds * this.#rate)
        : isCredible
          ? told - sampleCount
          : (this.#reached ?? 0);
    const start = Math.max(begin, this.#reached ?? begin);
    // Only the last page may end before its last packet does.
    const end =
      isLast === true && isCredible && told > start ? Math.min(told, start + sampleCount) : start + sampleCount;
    this.#reached = end;
    return { start, end };
  }
}

/** Whether packets under these headers can follow in the same file. */
function isSameSetup({ codec, setup }: OggSound, next: readonly Uint8Array[]): boolean {
  if (codec === 'opus') {
    // All but the pre-skip, the input's rate and the gain: channels and their mapping.
    const shapeOf = (head: Uint8Array | undefined): string => [head?.[9], ...(head?.subarray(18) ?? [])].join();
    return shapeOf(setup[0]) === shapeOf(next[0]);
  }
  // The second header of Vorbis are comments.
  return [0, 2].every((index) => setup[index]?.join() === next[index]?.join());
}
