import type { AudioCodec } from 'mediabunny';
import type { PacketBatch, SoundTrack } from '../readers/soundTrack.js';
import { LossWatch } from './lossWatch.js';
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
  let held: TimedPacket | undefined;
  for await (const batch of track.batches(fromSeconds)) {
    const packets = timesOf(batch);
    const [first] = packets;
    if (first === undefined) continue;
    watch.meet(first.startSeconds);
    if (held !== undefined) yield [{ ...held, durationSeconds: Math.max(0, first.startSeconds - held.startSeconds) }];
    const last = packets.at(-1);
    held = undefined;
    if (batch.packetSeconds === undefined && batch.isLast !== true && last !== undefined) {
      // The memory that it is in may be used again.
      held = { ...last, data: last.data.slice() };
      packets.pop();
    }
    if (last !== undefined) watch.reach(last);
    if (packets.length > 0) yield packets;
  }
  if (held !== undefined) yield [{ ...held, durationSeconds: 0 }];
  watch.finish();
}

function timesOf({ packets, startSeconds = 0, packetSeconds = 0, endSeconds, isLast }: PacketBatch): TimedPacket[] {
  const end = isLast === true ? (endSeconds ?? Infinity) : Infinity;
  const times: TimedPacket[] = [];
  packets.forEach((data, index) => {
    const start = startSeconds + index * packetSeconds;
    const duration = packetSeconds === 0 && end !== Infinity ? end - start : Math.min(packetSeconds, end - start);
    // What lies wholly behind the end is not to be heard.
    if (start < end) times.push({ data, startSeconds: start, durationSeconds: duration });
  });
  return times;
}
