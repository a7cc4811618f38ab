import type { Capabilities } from '../core/model.js';

/** Whole days until the vendor answers no more; undefined where no end is known. */
export function daysUntilEnd({ endDate }: Capabilities, now: Date): number | undefined {
  return endDate === undefined ? undefined : Math.ceil((Date.parse(endDate) - now.getTime()) / 86_400_000);
}
