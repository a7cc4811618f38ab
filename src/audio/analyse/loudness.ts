/** Loudness by EBU R 128, which is ITU-R BS.1770-4: K-weighting, blocks of 400 ms every 100 ms, two gates. */

interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** By number of channels, in WAV's order: what lies behind counts more, the low-frequency effects not at all. */
const channelWeights: Readonly<Record<number, readonly number[]>> = {
  4: [1, 1, 1.41, 1.41],
  5: [1, 1, 1, 1.41, 1.41],
  6: [1, 1, 1, 0, 1.41, 1.41],
  8: [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41],
};
const absoluteGate = -70;
const relativeGate = -10;
/** Steps of 100 ms in a block. */
const stepsPerBlock = 4;

/** Measures the sound at its own rate and with all its channels: a stream of planes goes in. */
export class LoudnessMeter {
  readonly #channels: KWeighting[];
  readonly #weights: readonly number[];
  readonly #stepFrameCount: number;
  #frames = 0;
  /** Weighted energy of the step under way, and of the last whole ones. */
  #energy = 0;
  readonly #steps: number[] = [];
  readonly #blockPowers: number[] = [];

  constructor(sampleRate: number, channelCount: number) {
    this.#channels = Array.from({ length: channelCount }, () => new KWeighting(sampleRate));
    this.#weights = channelWeights[channelCount] ?? [];
    this.#stepFrameCount = Math.round(sampleRate / 10);
  }

  push(planes: readonly Float32Array[]): void {
    const length = planes[0]?.length ?? 0;
    for (let start = 0; start < length;) {
      const end = Math.min(length, start + this.#stepFrameCount - this.#frames);
      this.#channels.forEach((channel, index) => {
        const plane = planes[index];
        const weight = this.#weights[index] ?? 1;
        if (plane !== undefined && weight > 0) this.#energy += weight * channel.energyOf(plane, start, end);
      });
      this.#frames += end - start;
      start = end;
      if (this.#frames === this.#stepFrameCount) this.#finishStep();
    }
  }

  /** Integrated loudness in LUFS; undefined when all is below the gate or shorter than 400 ms. */
  get integrated(): number | undefined {
    const audible = this.#blockPowers.filter((power) => loudnessOf(power) > absoluteGate);
    if (audible.length === 0) return undefined;
    const gate = loudnessOf(mean(audible)) + relativeGate;
    const loud = audible.filter((power) => loudnessOf(power) > gate);
    return loudnessOf(mean(loud));
  }

  #finishStep(): void {
    this.#steps.push(this.#energy);
    this.#energy = 0;
    this.#frames = 0;
    if (this.#steps.length > stepsPerBlock) this.#steps.shift();
    if (this.#steps.length < stepsPerBlock) return;
    const energy = this.#steps.reduce((sum, step) => sum + step, 0);
    this.#blockPowers.push(energy / (stepsPerBlock * this.#stepFrameCount));
  }
}

/** One channel's filter: a shelf for the head, then a high pass. */
class KWeighting {
  readonly #shelf: Biquad;
  readonly #highPass: Biquad;
  readonly #state = new Float64Array(4);

  constructor(sampleRate: number) {
    // The standard gives coefficients for 48 kHz; these are the analogue filters behind them, for any rate.
    this.#shelf = highShelf(sampleRate);
    this.#highPass = highPass(sampleRate);
  }

  energyOf(plane: Float32Array, start: number, end: number): number {
    const { b: shelf, a: shelfBack } = this.#shelf;
    const [b0, b1, b2] = shelf;
    const [a1, a2] = shelfBack;
    const [c1, c2] = this.#highPass.a;
    let [s1 = 0, s2 = 0, t1 = 0, t2 = 0] = this.#state;
    let energy = 0;
    for (let index = start; index < end; index++) {
      const sample = plane[index] ?? 0;
      const shelved = b0 * sample + s1;
      s1 = b1 * sample - a1 * shelved + s2;
      s2 = b2 * sample - a2 * shelved;
      const passed = shelved + t1;
      t1 = -2 * shelved - c1 * passed + t2;
      t2 = shelved - c2 * passed;
      energy += passed * passed;
    }
    // Below what a filter can still hear, numbers become so small that processors slow down.
    const settled = [s1, s2, t1, t2].map((value) => (Math.abs(value) < 1e-15 ? 0 : value));
    this.#state.set(settled);
    return energy;
  }
}

function highShelf(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const q = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b: [(high + (band * k) / q + k * k) / a0, (2 * (k * k - high)) / a0, (high - (band * k) / q + k * k) / a0],
    a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

function highPass(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] };
}

function loudnessOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
