import type { Step } from './align.js';

/** The shorter side of a stretch, each with the nearest in time of the longer side that leaves enough for the rest. */
function pair(
  short: readonly number[],
  long: readonly number[],
  distance: (one: number, other: number) => number,
): Map<number, number> {
  const pairs = new Map<number, number>();
  let from = 0;
  for (const [index, one] of short.entries()) {
    const last = long.length - (short.length - index);
    let best = from;
    for (let place = from + 1; place <= last; place++) {
      const apart = distance(one, long[place] ?? one);
      const least = distance(one, long[best] ?? one);
      // Time goes on: what comes later still is only farther away.
      if (apart > least) break;
      if (apart < least) best = place;
    }
    pairs.set(long[best] ?? -1, one);
    from = best + 1;
  }
  return pairs;
}

/**
 * Where several words stand against fewer, it is all the same to the number of edits which of them are substituted and which
 * inserted or deleted. The clock decides: what was said at the same time stands together.
 * @param steps With the fewest edits, so that nothing between two equal words is equal.
 */
export function pairByTime(
  steps: readonly Step[],
  isSame: (step: Step) => boolean,
  leftSeconds: (index: number) => number,
  rightSeconds: (index: number) => number,
): readonly Step[] {
  const paired: Step[] = [];
  let [lefts, rights]: [number[], number[]] = [[], []];
  const close = (): void => {
    if (rights.length >= lefts.length) {
      const pairs = pair(lefts, rights, (left, right) => Math.abs(leftSeconds(left) - rightSeconds(right)));
      for (const right of rights) paired.push({ left: pairs.get(right) ?? -1, right });
    } else {
      const pairs = pair(rights, lefts, (right, left) => Math.abs(leftSeconds(left) - rightSeconds(right)));
      for (const left of lefts) paired.push({ left, right: pairs.get(left) ?? -1 });
    }
    [lefts, rights] = [[], []];
  };
  for (const step of steps) {
    if (isSame(step)) {
      close();
      paired.push(step);
      continue;
    }
    if (step.left >= 0) lefts.push(step.left);
    if (step.right >= 0) rights.push(step.right);
  }
  close();
  return paired;
}
