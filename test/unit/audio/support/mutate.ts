/** A generator of numbers below 1 that gives the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Mutation = (bytes: Uint8Array, random: () => number) => Uint8Array;

const at = (bytes: Uint8Array, random: () => number): number => Math.floor(random() * bytes.byteLength);
/** Headers decide most, so half of the damage falls on the beginning. */
const near = (bytes: Uint8Array, random: () => number): number =>
  random() < 0.5 ? at(bytes, random) : Math.floor(random() * Math.min(bytes.byteLength, 600));

export const mutations: Readonly<Record<string, Mutation>> = {
  'cut short': (bytes, random) => bytes.slice(0, at(bytes, random)),
  'without its beginning': (bytes, random) => bytes.slice(at(bytes, random)),
  'flipped bits': (bytes, random) => {
    const copy = bytes.slice();
    for (let count = 1 + random() * 40; count > 0; count--) {
      const place = near(copy, random);
      copy[place] = (copy[place] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    return copy;
  },
  'a block of zeros': (bytes, random) => {
    const start = near(bytes, random);
    return bytes.slice().fill(0, start, start + 1 + Math.floor(random() * 8000));
  },
  'a block of ones': (bytes, random) => {
    const start = near(bytes, random);
    return bytes.slice().fill(0xff, start, start + 1 + Math.floor(random() * 64));
  },
  'random bytes within': (bytes, random) => {
    const copy = bytes.slice();
    const start = near(copy, random);
    for (let place = start; place < Math.min(copy.byteLength, start + 500); place++) copy[place] = random() * 256;
    return copy;
  },
  spliced: (bytes, random) => {
    const [first, second] = [at(bytes, random), at(bytes, random)];
    const copy = new Uint8Array(first + bytes.byteLength - second);
    copy.set(bytes.subarray(0, first));
    copy.set(bytes.subarray(second), first);
    return copy;
  },
  'a huge number': (bytes, random) => {
    const copy = bytes.slice();
    const place = near(copy, random);
    copy.set([0x7f, 0xff, 0xff, 0xff].slice(0, Math.max(0, copy.byteLength - place)), place);
    return copy;
  },
  'a tail of noise': (bytes, random) => {
    const start = at(bytes, random);
    return bytes.slice().map((byte, place) => (place < start ? byte : random() * 256));
  },
  'noise behind the name': (bytes, random) => {
    // Only what a file is recognised by stays.
    const start = 4 + Math.floor(random() * 60);
    return bytes.slice().map((byte, place) => (place < start ? byte : random() * 256));
  },
  'nothing but noise': (bytes, random) => bytes.slice().map(() => random() * 256),
  'zeros to the end': (bytes, random) => bytes.slice().fill(0, at(bytes, random)),
  'said twice': (bytes, random) => {
    const start = near(bytes, random);
    const end = Math.min(bytes.byteLength, start + Math.floor(random() * 3000));
    return Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(start)]);
  },
  'the largest numbers': (bytes, random) => {
    const copy = bytes.slice();
    for (let count = 0; count < 4; count++) {
      const place = near(copy, random);
      const value = [
        [0xff, 0xff],
        [0xff, 0xff, 0xff, 0xff],
        [0x80, 0, 0, 0],
        [0, 0, 0, 0],
      ][Math.floor(random() * 4)];
      copy.set((value ?? []).slice(0, Math.max(0, copy.byteLength - place)), place);
    }
    return copy;
  },
  empty: (bytes, random) => bytes.slice(0, Math.floor(random() * 40)),
};
