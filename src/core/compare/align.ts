/** A place in both sequences; -1 where a side has nothing. */
export interface Step {
  readonly left: number;
  readonly right: number;
}

/** Some milliseconds of work, counted in words of 32 rows. */
const workBetweenYields = 1_000_000;

/** The state of a column: bit i is set where the distance rises (or falls) by one from row i to row i + 1. */
interface Column {
  readonly rises: Int32Array;
  readonly falls: Int32Array;
}

const copyOf = ({ rises, falls }: Column): Column => ({ rises: rises.slice(), falls: falls.slice() });
const hasBit = (bits: Int32Array, row: number): boolean => (((bits[row >> 5] ?? 0) >>> (row & 31)) & 1) === 1;

/** Gives the bits of the rows in which a symbol stands. Frequent symbols keep theirs, rare ones are written anew each time. */
function rowsOf(left: Int32Array, blockCount: number): (symbol: number) => Int32Array {
  const rows = new Map<number, number[]>();
  left.forEach((symbol, row) => {
    const known = rows.get(symbol);
    if (known === undefined) rows.set(symbol, [row]);
    else known.push(row);
  });
  const kept = new Map<number, Int32Array>();
  const set = (bits: Int32Array, some: readonly number[]): void => {
    for (const row of some) bits[row >> 5] = (bits[row >> 5] ?? 0) | (1 << (row & 31));
  };
  const scratch = new Int32Array(blockCount);
  let written: readonly number[] = [];
  return (symbol) => {
    const wanted = rows.get(symbol) ?? [];
    if (wanted.length > blockCount / 4) {
      const bits = kept.get(symbol) ?? new Int32Array(blockCount);
      if (!kept.has(symbol)) {
        set(bits, wanted);
        kept.set(symbol, bits);
      }
      return bits;
    }
    for (const row of written) scratch[row >> 5] = 0;
    set(scratch, wanted);
    written = wanted;
    return scratch;
  };
}

/** One column further: 32 rows at a time (Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003). */
function advance({ rises, falls }: Column, equals: Int32Array): void {
  let carryRise = 1;
  let carryFall = 0;
  for (let block = 0; block < rises.length; block++) {
    const rise = rises[block] ?? 0;
    const fall = falls[block] ?? 0;
    const vertical = (equals[block] ?? 0) | fall;
    const equal = (equals[block] ?? 0) | carryFall;
    const horizontal = ((((equal & rise) + rise) | 0) ^ rise) | equal;
    const risesHere = fall | ~(horizontal | rise);
    const fallsHere = rise & horizontal;
    const shiftedRises = (risesHere << 1) | carryRise;
    const shiftedFalls = (fallsHere << 1) | carryFall;
    carryRise = risesHere >>> 31;
    carryFall = fallsHere >>> 31;
    rises[block] = shiftedFalls | ~(vertical | shiftedRises);
    falls[block] = shiftedRises & vertical;
  }
}

/**
 * The middle part, backwards. Of the columns only some are kept, and those between them are computed again on the way back:
 * twice the work, for memory that grows with the root of the length.
 */
function* alignMiddle(left: Int32Array, right: Int32Array): Generator<undefined, Step[]> {
  const blockCount = Math.ceil(left.length / 32);
  const equalRows = rowsOf(left, blockCount);
  const interval = Math.ceil(Math.sqrt(right.length));
  const checkpoints: Column[] = [];
  const column: Column = { rises: new Int32Array(blockCount).fill(-1), falls: new Int32Array(blockCount) };
  let work = 0;
  for (let index = 0; index < right.length; index++) {
    if (index % interval === 0) checkpoints.push(copyOf(column));
    advance(column, equalRows(right[index] ?? 0));
    work += blockCount;
    if (work < workBetweenYields) continue;
    work = 0;
    yield;
  }
  const steps: Step[] = [];
  let row = left.length;
  let end = right.length;
  for (const start of checkpoints.map((_, index) => index * interval).reverse()) {
    const from = checkpoints[start / interval];
    if (from === undefined) break;
    const columns = [from];
    for (let index = start; index < end; index++) {
      const next = copyOf(columns.at(-1) ?? from);
      advance(next, equalRows(right[index] ?? 0));
      columns.push(next);
      work += blockCount;
      if (work < workBetweenYields) continue;
      work = 0;
      yield;
    }
    let at = end;
    while (at > start && row > 0) {
      if (left[row - 1] === right[at - 1]) steps.push({ left: --row, right: --at });
      else if (hasBit(columns[at - start]?.rises ?? from.rises, row - 1)) steps.push({ left: --row, right: -1 });
      else if (hasBit(columns[at - start - 1]?.falls ?? from.falls, row - 1)) steps.push({ left: -1, right: --at });
      else steps.push({ left: --row, right: --at });
    }
    while (at > start) steps.push({ left: -1, right: --at });
    end = start;
  }
  while (row > 0) steps.push({ left: --row, right: -1 });
  return steps.reverse();
}

/**
 * The fewest substitutions, insertions and deletions that turn one sequence of symbols into another (Levenshtein), exactly.
 * Yields every few milliseconds, so that whoever runs it can do other things in between.
 */
export function* align(left: Int32Array, right: Int32Array): Generator<undefined, readonly Step[]> {
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  const middle = yield* alignMiddle(left.subarray(head, left.length - tail), right.subarray(head, right.length - tail));
  const moved = (index: number): number => (index < 0 ? index : index + head);
  return [
    ...Array.from({ length: head }, (_, index) => ({ left: index, right: index })),
    ...middle.map((step) => ({ left: moved(step.left), right: moved(step.right) })),
    ...Array.from({ length: tail }, (_, index) => ({
      left: left.length - tail + index,
      right: right.length - tail + index,
    })),
  ];
}
