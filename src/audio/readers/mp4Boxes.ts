import type { ByteSource } from '../byteSource.js';
import { ascii } from '../signatures.js';

/** Tables of longer recordings than anyone makes; a declared size beyond is damage. */
const movieByteLengthLimit = 64 << 20;
const topLevelBoxLimit = 10_000;

export interface Box {
  readonly type: string;
  readonly body: DataView;
}

/** The `moov` box of an MP4 or QuickTime file, wherever it stands; undefined when there is none. */
export async function readMovieBox(source: ByteSource, signal: AbortSignal | undefined): Promise<DataView | undefined> {
  let offset = 0;
  for (let count = 0; count < topLevelBoxLimit && offset + 8 <= source.byteLength; count++) {
    const head = viewOf(await source.read(offset, offset + 16, signal));
    if (head.byteLength < 8) return undefined;
    const size = head.getUint32(0);
    const isLong = size === 1 && head.byteLength === 16;
    const length = isLong ? head.getUint32(8) * 2 ** 32 + head.getUint32(12) : size;
    const end = size === 0 ? source.byteLength : offset + length;
    if (ascii(head, 4, 4) === 'moov') {
      const start = offset + (isLong ? 16 : 8);
      return end - start > movieByteLengthLimit ? undefined : viewOf(await source.read(start, end, signal));
    }
    if (end < offset + 8) return undefined;
    offset = end;
  }
  return undefined;
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

/** The configuration of the first Apple Lossless track: the `alac` box in the sample entry of the same name. */
export function findAlacCookie(movie: DataView): Uint8Array | undefined {
  for (const { type, body } of boxesOf(movie)) {
    if (type !== 'trak') continue;
    const descriptions = findBox(body, ['mdia', 'minf', 'stbl', 'stsd']);
    if (descriptions === undefined) continue;
    const entry = findBox(descriptions, ['alac'], 8);
    if (entry === undefined) continue;
    // A sound sample entry is 28 bytes; QuickTime's versions 1 and 2 are longer, and may wrap the box.
    const cookie = [28, 44, 64].map(
      (start) => findBox(entry, ['alac'], start) ?? findBox(entry, ['wave', 'alac'], start),
    );
    const found = cookie.find((box) => box !== undefined && box.byteLength >= 28);
    // The box begins with its version and flags.
    if (found !== undefined) return new Uint8Array(found.buffer, found.byteOffset + 4, found.byteLength - 4).slice();
  }
  return undefined;
}

export interface GaplessInfo {
  readonly priming: number;
  readonly sampleCount: number;
}

/** What iTunes and Apple's encoders note in a comment: samples to leave out in front, and how many there are. */
export function findGaplessInfo(movie: DataView): GaplessInfo | undefined {
  for (const { type, body } of metadataItems(movie)) {
    if (type !== '----') continue;
    const name = findBox(body, ['name']);
    const data = findBox(body, ['data']);
    if (name === undefined || data === undefined || ascii(name, 4, name.byteLength) !== 'iTunSMPB') continue;
    const [, priming, , count] = ascii(data, 8, data.byteLength).trim().split(/\s+/);
    const values = [priming, count].map((word) => Number.parseInt(word ?? '', 16));
    const [primingCount = Number.NaN, sampleCount = Number.NaN] = values;
    if (primingCount >= 0 && primingCount < 100_000 && sampleCount > 0) return { priming: primingCount, sampleCount };
  }
  return undefined;
}

function* metadataItems(movie: DataView): Generator<Box> {
  const meta = findBox(movie, ['udta', 'meta']);
  if (meta === undefined) return;
  const list = findBox(meta, ['ilst'], 4) ?? findBox(meta, ['ilst']);
  if (list !== undefined) yield* boxesOf(list);
}

function part(view: DataView, start: number, end: number): DataView {
  return new DataView(view.buffer, view.byteOffset + start, end - start);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
