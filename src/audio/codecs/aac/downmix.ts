import type { SpeakerElement } from './programConfig.js';

/** Of one element, the gains of its first and second channel in each output. */
export interface ElementGains {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

const half = Math.SQRT1_2;

/** As ITU-R BS.775 has it: the centre and the surround 3 dB down, low frequencies left out; scaled so as never to clip. */
export function downmixGains(elements: readonly SpeakerElement[], outputCount: number): ElementGains[] {
  const gains = elements.map((element) => (outputCount === 1 ? monoGains(element) : stereoGains(element)));
  const totals = Array.from({ length: outputCount }, (_, output) =>
    gains.reduce((sum, { first, second }) => sum + (first[output] ?? 0) + (second[output] ?? 0), 0),
  );
  // Divided, not multiplied by the reciprocal: the halves of a pair then add up to exactly 1.
  const total = Math.max(...totals) || 1;
  return gains.map(({ first, second }) => ({
    first: first.map((gain) => gain / total),
    second: second.map((gain) => gain / total),
  }));
}

function monoGains({ isPair, place }: SpeakerElement): ElementGains {
  const gain = place === 'low-frequency' ? 0 : place !== 'front' ? 0.5 : isPair ? half : 1;
  return { first: [gain], second: [isPair ? gain : 0] };
}

function stereoGains({ isPair, place }: SpeakerElement): ElementGains {
  if (place === 'low-frequency') return { first: [0, 0], second: [0, 0] };
  if (isPair) {
    const gain = place === 'front' ? 1 : half;
    return { first: [gain, 0], second: [0, gain] };
  }
  const gain = place === 'front' ? half : 0.5;
  return { first: [gain, gain], second: [0, 0] };
}
