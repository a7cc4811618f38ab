/** Windowed-sinc low-pass filters (Kaiser's window): Oppenheim and Schafer, Discrete-Time Signal Processing, 7.6. */

/** Rejection of every filter here: aliases stay this far below the signal. */
const stopbandDecibels = 70;
const kaiserBeta = 0.1102 * (stopbandDecibels - 8.7);

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const kaiserPeak = besselI0(kaiserBeta);

/** Half the length of the impulse response, in samples. @param transition Width in cycles per sample. */
export function filterHalfWidth(transition: number): number {
  return (stopbandDecibels - 7.95) / (14.36 * transition) / 2;
}

/** The impulse response at a place that need not be a whole sample. @param cutoff In cycles per sample. */
export function lowPassResponse(position: number, cutoff: number, halfWidth: number): number {
  const edge = position / halfWidth;
  if (Math.abs(edge) >= 1) return 0;
  const angle = 2 * Math.PI * cutoff * position;
  const sinc = Math.abs(angle) < 1e-9 ? 1 : Math.sin(angle) / angle;
  return 2 * cutoff * sinc * (besselI0(kaiserBeta * Math.sqrt(1 - edge * edge)) / kaiserPeak);
}
