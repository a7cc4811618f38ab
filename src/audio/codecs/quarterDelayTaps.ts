const tapCount = 14;
/** Whole samples by which the sound comes later, beside the quarter. */
export const quarterDelaySampleCount = 6;

/** A sinc of a quarter of a sample beside the middle, under a Kaiser window: flat within 0.05 dB up to 7 kHz of 22.05. */
const sincs = Array.from({ length: tapCount }, (_, index) => {
  const time = index - quarterDelaySampleCount - 0.25;
  const edge = time / (tapCount / 2);
  const sinc = Math.sin(Math.PI * time) / (Math.PI * time);
  return edge * edge >= 1 ? 0 : sinc * (bessel(5 * Math.sqrt(1 - edge * edge)) / bessel(5));
});

/**
 * A filter for sound that was made of the lower half of a spectrum, whose samples lie a quarter of a sample early. The first
 * tap belongs to the latest sample.
 */
export const quarterDelayTaps: readonly number[] = sincs.map(
  (tap) => tap / sincs.reduce((sum, other) => sum + other, 0),
);

function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let index = 1; index < 30; index++) {
    term *= (x / (2 * index)) ** 2;
    sum += term;
  }
  return sum;
}
