import { isJsonObject } from './json.js';
import { formatPointer, parsePointer, valueAt, withoutAt } from './jsonPointer.js';

/** What is wrong with a value by its schema. */
export interface Violation {
  /** JSON Pointer into the value. */
  readonly pointer: string;
  /** For people and models: what it has to be. */
  readonly message: string;
}

/** Places of null at or under a pointer. */
function nullsAt(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => nullsAt(item, [...path, String(index)]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => nullsAt(item, [...path, key]));
}

/**
 * Leaves out properties that are null where the schema takes none. Models that must name every property say null for what is
 * not there, and a schema in which it is optional says so by its absence. A null that the schema takes, and one whose absence
 * it does not take, stays.
 */
export function withoutRefusedNulls(value: unknown, check: (value: unknown) => readonly Violation[]): unknown {
  const violations = check(value);
  if (violations.length === 0) return value;
  const places = new Map<string, readonly string[]>();
  for (const { pointer } of violations) {
    const path = parsePointer(pointer) ?? [];
    for (const place of nullsAt(valueAt(value, path)?.value, path)) places.set(formatPointer(place), place);
  }
  let cleaned = value;
  for (const place of places.values()) {
    const shorter = withoutAt(cleaned, place);
    // Each stands for itself: where leaving it out makes nothing better, it stays and is reported.
    const before = check(cleaned);
    if (shorter !== cleaned && isBetter(check(shorter), before, place)) cleaned = shorter;
  }
  return cleaned;
}

function isBetter(after: readonly Violation[], before: readonly Violation[], place: readonly string[]): boolean {
  const parent = formatPointer(place.slice(0, -1));
  const ofParent = (list: readonly Violation[]): number => list.filter(({ pointer }) => pointer === parent).length;
  return after.length < before.length && ofParent(after) <= ofParent(before);
}
