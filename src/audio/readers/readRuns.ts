import type { ByteSource } from '../byteSource.js';
import { byteLengthOf, type SampleRun } from './sampleRun.js';

const firstByteLength = 64 * 1024;
const mostByteLength = 512 * 1024;
const runLimit = 1024;
/** Reading on is cheaper than reading anew, up to here. */
const gapByteLength = 16 * 1024;

export interface RunPackets {
  /** They may share memory. */
  readonly packets: Uint8Array[];
  readonly startTicks: number;
  readonly ticksEach: number;
}

/**
 * Reads packets in large blocks, and only what belongs to them: in a video they lie between the pictures. Blocks grow, so
 * that the first packets are there soon.
 * @param packetLimit Packets at a time.
 * @param onMissing Called with the time of what the file no longer holds.
 */
export async function* readRuns(
  source: ByteSource,
  runs: AsyncIterator<SampleRun>,
  packetLimit: number,
  onMissing: (ticks: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunPackets, void, undefined> {
  for (let wanted = firstByteLength; ; wanted = Math.min(mostByteLength, wanted * 2)) {
    const { gathered, isEnd, failure } = await gather(runs, wanted);
    for (const extent of extentsOf(gathered)) {
      const bytes = await source.read(extent.start, extent.end, signal);
      for (const run of extent.runs) yield* packetsOf(run, bytes, run.offset - extent.start, packetLimit, onMissing);
    }
    if (failure !== undefined) throw failure;
    if (isEnd) return;
  }
}

interface Gathered {
  readonly gathered: readonly SampleRun[];
  readonly isEnd: boolean;
  /** To be thrown when what was gathered has been read. */
  readonly failure?: Error;
}

async function gather(runs: AsyncIterator<SampleRun>, wantedByteLength: number): Promise<Gathered> {
  const gathered: SampleRun[] = [];
  let byteLength = 0;
  while (byteLength < wantedByteLength && gathered.length < runLimit) {
    let result: IteratorResult<SampleRun>;
    try {
      result = await runs.next();
    } catch (error) {
      return { gathered, isEnd: true, failure: error instanceof Error ? error : new Error(String(error)) };
    }
    if (result.done === true) return { gathered, isEnd: true };
    gathered.push(result.value);
    byteLength += byteLengthOf(result.value);
  }
  return { gathered, isEnd: false };
}

interface Extent {
  readonly start: number;
  end: number;
  readonly runs: SampleRun[];
}

function extentsOf(runs: readonly SampleRun[]): Extent[] {
  const extents: Extent[] = [];
  for (const run of runs) {
    const end = run.offset + byteLengthOf(run);
    const last = extents.at(-1);
    const isNear = last !== undefined && run.offset >= last.end && run.offset - last.end <= gapByteLength;
    if (isNear) {
      last.end = end;
      last.runs.push(run);
    } else {
      extents.push({ start: run.offset, end, runs: [run] });
    }
  }
  return extents;
}

function* packetsOf(
  { sizes, startTicks, ticksEach }: SampleRun,
  bytes: Uint8Array,
  start: number,
  packetLimit: number,
  onMissing: (ticks: number) => void,
): Generator<RunPackets, void, undefined> {
  let offset = start;
  for (let first = 0; first < sizes.length;) {
    const packets: Uint8Array[] = [];
    const end = Math.min(sizes.length, first + packetLimit);
    for (let index = first; index < end; index++) {
      const size = sizes[index] ?? 0;
      if (offset + size > bytes.byteLength) break;
      packets.push(bytes.subarray(offset, offset + size));
      offset += size;
    }
    if (packets.length > 0) yield { packets, startTicks: startTicks + first * ticksEach, ticksEach };
    if (packets.length < end - first) {
      onMissing(startTicks + (first + packets.length) * ticksEach);
      return;
    }
    first = end;
  }
}
