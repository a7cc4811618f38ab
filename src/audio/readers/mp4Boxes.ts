import { ascii } from '../signatures.js';

export interface Box {
  readonly type: string;
  readonly body: DataView;
}

/** The boxes one behind the other in a body; ends at the first that is damaged. */
export function* boxesOf(view: DataView, start = 0): Generator<Box> {
  for (let offset = start; offset + 8 <= view.byteLength;) {
    const size = view.getUint32(offset);
    const length = size === 0 ? view.byteLength - offset : size;
    if (length < 8 || offset + length > view.byteLength) return;
    yield { type: ascii(view, offset + 4, 4), body: part(view, offset + 8, offset + length) };
    offset += length;
  }
}

export function findBox(view: DataView, path: readonly string[], start = 0): DataView | undefined {
  const [type, ...rest] = path;
  for (const box of boxesOf(view, start)) {
    if (box.type !== type) continue;
    const found = rest.length === 0 ? box.body : findBox(box.body, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

export interface GaplessInfo {
  readonly priming: number;
  readonly sampleCount: number;
}

/** What iTunes and Apple's encoders note in a comment: samples to leave out in front, and how many there are. */
export function findGaplessItem(item: DataView): GaplessInfo | undefined {
  const name = findBox(item, ['name']);
  const data = findBox(item, ['data']);
  if (name === undefined || data === undefined || ascii(name, 4, name.byteLength) !== 'iTunSMPB') return undefined;
  const [, priming, , count] = ascii(data, 8, data.byteLength).trim().split(/\s+/);
  const values = [priming, count].map((word) => Number.parseInt(word ?? '', 16));
  const [primingCount = Number.NaN, sampleCount = Number.NaN] = values;
  return primingCount >= 0 && primingCount < 100_000 && sampleCount > 0
    ? { priming: primingCount, sampleCount }
    : undefined;
}

function part(view: DataView, start: number, end: number): DataView {
  return new DataView(view.buffer, view.byteOffset + start, end - start);
}
