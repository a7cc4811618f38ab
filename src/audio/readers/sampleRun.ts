/** Packets that lie one behind the other in a file and all play equally long. */
export interface SampleRun {
  /** Of the first, in the file. */
  readonly offset: number;
  readonly sizes: Uint32Array;
  /** On the clock of the track, in its own units. */
  readonly startTicks: number;
  readonly ticksEach: number;
}

export function byteLengthOf({ sizes }: SampleRun): number {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
}
