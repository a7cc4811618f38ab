export interface ElementaryStream {
  readonly objectType: number;
  /** The codec's own configuration. */
  readonly specific?: Uint8Array;
}

const streamTag = 3;
const configurationTag = 4;
const specificTag = 5;

/** The content of `esds`: descriptors within descriptors (ISO/IEC 14496-1, 7.2.6). */
export function readElementaryStream(box: DataView): ElementaryStream | undefined {
  const stream = descriptorAt(box, 4);
  if (stream?.tag !== streamTag || stream.start + 3 > stream.end) return undefined;
  const flags = box.getUint8(stream.start + 2);
  let offset = stream.start + 3 + ((flags & 0x80) !== 0 ? 2 : 0);
  if ((flags & 0x40) !== 0 && offset < stream.end) offset += 1 + box.getUint8(offset);
  if ((flags & 0x20) !== 0) offset += 2;
  const configuration = descriptorAt(box, offset);
  if (configuration?.tag !== configurationTag || configuration.start + 13 > configuration.end) return undefined;
  const objectType = box.getUint8(configuration.start);
  const specific = descriptorAt(box, configuration.start + 13);
  if (specific?.tag !== specificTag || specific.start >= specific.end) return { objectType };
  const bytes = new Uint8Array(box.buffer, box.byteOffset + specific.start, specific.end - specific.start);
  return { objectType, specific: bytes.slice() };
}

function descriptorAt(box: DataView, offset: number): { tag: number; start: number; end: number } | undefined {
  if (offset + 2 > box.byteLength) return undefined;
  const tag = box.getUint8(offset);
  let length = 0;
  let start = offset + 1;
  for (let count = 0; count < 4 && start < box.byteLength; count++) {
    const byte = box.getUint8(start++);
    length = length * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) break;
  }
  return { tag, start, end: Math.min(box.byteLength, start + length) };
}
