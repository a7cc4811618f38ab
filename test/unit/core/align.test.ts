import { describe, expect, it } from 'vitest';
import { align, type Step } from '../../../src/core/compare/align.js';

function drain<T>(work: Generator<unknown, T>): { readonly value: T; readonly yields: number } {
  for (let yields = 0; ; yields++) {
    const step = work.next();
    if (step.done === true) return { value: step.value, yields };
  }
}

/** The textbook's table. */
function distance(left: Int32Array, right: Int32Array): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const symbol of left) {
    const next = [(row[0] ?? 0) + 1];
    right.forEach((other, index) => {
      next.push(
        Math.min((row[index] ?? 0) + (symbol === other ? 0 : 1), (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1),
      );
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

const cost = (steps: readonly Step[], left: Int32Array, right: Int32Array): number =>
  steps.filter((step) => step.left < 0 || step.right < 0 || left[step.left] !== right[step.right]).length;

/** Mulberry32, so that a failure comes again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sequence = (next: () => number, length: number, symbols: number): Int32Array =>
  Int32Array.from({ length }, () => Math.floor(next() * symbols));

describe('align', () => {
  it('finds the fewest edits, and goes through both sequences in order, whatever their lengths', () => {
    const next = random(1);
    for (let round = 0; round < 600; round++) {
      const symbols = 1 + Math.floor(next() * 40);
      const left = sequence(next, Math.floor(next() * 140), symbols);
      const right =
        round % 2 === 0
          ? sequence(next, Math.floor(next() * 140), symbols)
          : left.filter(() => next() > 0.2).map((symbol) => (next() < 0.1 ? 99 : symbol));
      const steps = drain(align(left, right)).value;
      expect(steps.map((step) => step.left).filter((index) => index >= 0)).toEqual([...left.keys()]);
      expect(steps.map((step) => step.right).filter((index) => index >= 0)).toEqual([...right.keys()]);
      expect(cost(steps, left, right)).toBe(distance(left, right));
    }
  });

  it('pauses again and again in long work', () => {
    const next = random(2);
    const left = sequence(next, 12_000, 3000);
    const right = left.map((symbol) => (next() < 0.3 ? 5000 : symbol));
    const { value, yields } = drain(align(left, right));
    expect(cost(value, left, right)).toBeLessThanOrEqual(
      left.filter((symbol, index) => symbol !== right[index]).length,
    );
    expect(yields).toBeGreaterThan(5);
  });
});
