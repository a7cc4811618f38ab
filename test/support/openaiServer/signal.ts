import type { Pcm } from './wav.ts';

export function mixToMono(pcm: Pcm): Float32Array {
  const [first = new Float32Array(), ...rest] = pcm.channels;
  if (rest.length === 0) return first;
  return first.map((sample, index) => {
    const sum = rest.reduce((total, channel) => total + (channel[index] ?? 0), sample);
    return sum / pcm.channels.length;
  });
}

export function rms(samples: Float32Array, start = 0, end = samples.length): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += (samples[index] ?? 0) ** 2;
  return end > start ? Math.sqrt(sum / (end - start)) : 0;
}

/** Band-limited resampling by a windowed sinc, 16 zero crossings to each side. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const cutoff = Math.min(1, to / from);
  const reach = 16 / cutoff;
  const result = new Float32Array(Math.floor((samples.length * to) / from));
  for (let index = 0; index < result.length; index++) {
    const center = (index * from) / to;
    let sum = 0;
    for (let at = Math.ceil(center - reach); at <= center + reach; at++) {
      const distance = at - center;
      const x = Math.PI * distance * cutoff;
      const sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x;
      sum += (samples[at] ?? 0) * sinc * (0.5 + 0.5 * Math.cos((Math.PI * distance) / reach)) * cutoff;
    }
    result[index] = sum;
  }
  return result;
}

/** The part of a window's power that lies at one frequency (0 to 1), by Goertzel under a Hann window. */
export function tonePurity(samples: Float32Array, sampleRate: number, frequency: number): number {
  const size = samples.length;
  const turn = (2 * Math.PI * frequency) / sampleRate;
  const coefficient = 2 * Math.cos(turn);
  let before = 0;
  let beforeThat = 0;
  let windowSum = 0;
  let windowSquares = 0;
  let power = 0;
  for (let index = 0; index < size; index++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / size);
    const sample = (samples[index] ?? 0) * weight;
    const now = sample + coefficient * before - beforeThat;
    beforeThat = before;
    before = now;
    windowSum += weight;
    windowSquares += weight * weight;
    power += sample * sample;
  }
  if (power === 0) return 0;
  const magnitude = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
  // A sine of amplitude A has magnitude (A * windowSum / 2)^2 and power A^2 / 2 * windowSquares.
  return Math.min(1, (2 * magnitude * windowSquares) / (windowSum * windowSum * power));
}

/** What can be said of a sound without recognising anything. */
export function describeSignal(samples: Float32Array, sampleRate: number): string {
  const seconds = samples.length / sampleRate;
  const loudness = rms(samples);
  if (loudness < 0.001) return `silence of ${seconds.toFixed(2)} seconds`;
  const start = Math.max(0, Math.floor(samples.length / 2 - sampleRate / 4));
  const window = samples.subarray(start, start + Math.floor(sampleRate / 2));
  let strongest = 0;
  let best = 0;
  for (let frequency = 60; frequency < Math.min(4000, sampleRate / 2); frequency += 4) {
    const purity = tonePurity(window, sampleRate, frequency);
    if (purity > best) {
      best = purity;
      strongest = frequency;
    }
  }
  return `sound of ${seconds.toFixed(2)} seconds at level ${loudness.toFixed(3)} strongest near ${strongest} hertz`;
}
