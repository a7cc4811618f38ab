const frameSampleCount = 320; // 20 ms at 16 kHz
const reach = 7; // frames to either side: with 300 ms a pause wins over the closure of a plosive

/**
 * The best place to cut between two samples: the middle of the 300 ms that are quietest, the centre weighing most.
 * Levels count on a logarithmic scale, so that one loud frame cannot hide a pause. Of equals the last is taken.
 */
export function quietestPlace(samples: Float32Array, from: number, to: number): number {
  const firstFrame = Math.max(0, Math.floor(from / frameSampleCount) - reach);
  const lastFrame = Math.min(
    Math.floor(samples.length / frameSampleCount) - 1,
    Math.ceil(to / frameSampleCount) + reach,
  );
  const levels: number[] = [];
  for (let frame = firstFrame; frame <= lastFrame; frame++) levels.push(frameLevel(samples, frame * frameSampleCount));

  let best = to;
  let lowest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < levels.length; index++) {
    const centre = (firstFrame + index) * frameSampleCount + frameSampleCount / 2;
    if (centre < from || centre > to) continue;
    const level = weightedLevel(levels, index);
    if (level <= lowest) {
      lowest = level;
      best = centre;
    }
  }
  return best;
}

function frameLevel(samples: Float32Array, start: number): number {
  let energy = 0;
  for (let index = start; index < start + frameSampleCount; index++) energy += (samples[index] ?? 0) ** 2;
  // What is below the smallest step of 16 bits is silence, however much below.
  return Math.log2(1 + (energy / frameSampleCount) * 2 ** 30);
}

function weightedLevel(levels: readonly number[], centre: number): number {
  let sum = 0;
  let weights = 0;
  for (let offset = -reach; offset <= reach; offset++) {
    const level = levels[centre + offset];
    if (level === undefined) continue;
    const weight = reach + 1 - Math.abs(offset);
    sum += weight * level;
    weights += weight;
  }
  return sum / weights;
}
