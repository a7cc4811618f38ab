import { EarshotError } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import type { PcmProblem } from '../pcmReader.js';
import { readMp4Sound, type Mp4Sound } from './mp4/mp4Sound.js';
import { TableError } from './mp4/tableError.js';
import { readRuns, type RunPackets } from './readRuns.js';
import type { SampleRun } from './sampleRun.js';
import type { PacketBatch, SoundTrack } from './soundTrack.js';
import { damagedTables, withoutSound } from './containerErrors.js';

/** As many as play in about a second: few steps for an hour, and a cancel is heard soon. */
const packetsPerBatch = 32;
/** Decoders that give nothing for the first packets tell by their silence where the sound begins, one packet at a time. */
const singly: readonly string[] = ['mp3', 'vorbis'];
const prerolls: Readonly<Record<string, number>> = { opus: 0.2, vorbis: 0.2, mp3: 0.4 };

/**
 * The sound track of an MP4 or QuickTime file, with its tables first, last or in fragments.
 * @throws EarshotError `unsupported-media`, `clip-unreadable`.
 */
export async function openMp4Track(source: ByteSource, signal: AbortSignal | undefined): Promise<SoundTrack> {
  const sound = await readSound(source, signal);
  const { entry, endTicks } = sound;
  const problems: PcmProblem[] = [];
  const { codec, sampleRate, channelCount, setup } = entry;
  const end = endTicks ?? sound.declaredSeconds * sound.timescale + sound.originTicks;
  const endSeconds = secondsOf(sound, end);
  return {
    byteLength: source.byteLength,
    codec,
    sampleRate,
    channelCount,
    setup,
    ...(endSeconds > 0 ? { endSeconds } : {}),
    toleranceSeconds: codec === 'mp3' ? 0.06 : 0.01,
    prerollSeconds: prerolls[codec] ?? 0.1,
    problems,
    close: () => undefined,
    batches: (fromSeconds) => readBatches(source, sound, fromSeconds, problems, signal),
  };
}

async function readSound(source: ByteSource, signal: AbortSignal | undefined): Promise<Mp4Sound> {
  try {
    const sound = await readMp4Sound(source, signal);
    if (sound === 'no-sound') throw withoutSound(source.name);
    return sound;
  } catch (error) {
    throw error instanceof TableError || error instanceof RangeError ? damagedTables(source.name, error) : error;
  }
}

function secondsOf({ originTicks, timescale }: Mp4Sound, ticks: number): number {
  return (ticks - originTicks) / timescale;
}

async function* readBatches(
  source: ByteSource,
  sound: Mp4Sound,
  fromSeconds: number,
  problems: PcmProblem[],
  signal: AbortSignal | undefined,
): AsyncGenerator<PacketBatch, void, undefined> {
  const watch = new DamageWatch(sound, problems);
  const fromTicks = fromSeconds <= 0 ? 0 : fromSeconds * sound.timescale + sound.originTicks;
  const runs = runsOf(sound, fromTicks, watch);
  const limit = singly.includes(sound.entry.codec) ? 1 : packetsPerBatch;
  const onMissing = (ticks: number): void => {
    watch.miss(ticks);
  };
  let held: RunPackets | undefined;
  try {
    for await (const packets of readRuns(source, runs, limit, onMissing, signal)) {
      watch.reach(packets);
      if (sound.endTicks !== undefined && endOf(packets) >= sound.endTicks) {
        if (packets.startTicks < sound.endTicks) yield lastBatch(sound, packets, sound.endTicks);
        return;
      }
      // In fragments only what follows tells that a packet is not the last.
      if (sound.endTicks !== undefined) yield batchOf(sound, packets);
      else if (held !== undefined) yield batchOf(sound, held);
      held = packets;
    }
  } catch (error) {
    if (error instanceof EarshotError || !(error instanceof Error)) throw error;
    if (!(error instanceof TableError || error instanceof RangeError)) throw error;
    watch.end();
  }
  if (sound.endTicks === undefined && held !== undefined) yield lastBatch(sound, held, endOf(held));
  watch.finish();
}

async function* runsOf(
  { table, tableTicks, fragments }: Mp4Sound,
  fromTicks: number,
  watch: DamageWatch,
): AsyncGenerator<SampleRun, void, undefined> {
  if (table !== undefined && fromTicks < tableTicks) {
    yield* table.runs(fromTicks, (ticks) => {
      watch.miss(ticks);
    });
  }
  if (fragments === undefined) return;
  yield* fragments.runs(fromTicks - tableTicks <= 0 ? 0 : fromTicks, tableTicks, (ticks, isEnd) => {
    watch.damage(ticks, isEnd);
  });
}

function endOf({ packets, startTicks, ticksEach }: RunPackets): number {
  return startTicks + packets.length * ticksEach;
}

function batchOf(sound: Mp4Sound, { packets, startTicks, ticksEach }: RunPackets): PacketBatch {
  return {
    packets,
    startSeconds: secondsOf(sound, startTicks),
    packetSeconds: ticksEach / sound.timescale,
  };
}

function lastBatch(sound: Mp4Sound, packets: RunPackets, endTicks: number): PacketBatch {
  return { ...batchOf(sound, packets), endSeconds: secondsOf(sound, endTicks), isLast: true };
}

/** Tells what was passed over, once the sound before it has been read. */
class DamageWatch {
  readonly #sound: Mp4Sound;
  readonly #problems: PcmProblem[];
  #reached = 0;
  #missing: number | undefined;

  constructor(sound: Mp4Sound, problems: PcmProblem[]) {
    this.#sound = sound;
    this.#problems = problems;
  }

  reach(packets: RunPackets): void {
    this.#reached = endOf(packets);
  }

  /** Packets that should lie beyond the end of the file. */
  miss(ticks: number): void {
    this.#missing = ticks;
  }

  damage(ticks: number, isEnd: boolean): void {
    if (isEnd) this.#report(ticks, 'The file ends here, before its sound does.', true);
    else this.#report(ticks, 'A part of the file is damaged here and was left out.', false);
  }

  /** The tables cannot be read any further. */
  end(): void {
    this.#missing = undefined;
    this.#report(this.#reached, 'The tables of the file are damaged here.', true);
  }

  /** What is missing in the middle leaves a gap, which whoever decodes reports. */
  finish(): void {
    if (this.#missing === undefined || this.#missing < this.#reached) return;
    this.#report(this.#missing, 'The file ends here, before the sound that its tables promise.', true);
  }

  #report(ticks: number, message: string, isEnd: boolean): void {
    this.#problems.push({ atSeconds: Math.max(0, secondsOf(this.#sound, ticks)), message, isEnd });
  }
}
