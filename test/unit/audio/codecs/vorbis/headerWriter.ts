/** Writes headers of Vorbis by hand, for what no encoder at hand makes. Written from the specification, not from our reader. */
export class LowFirstBits {
  readonly #bits: number[] = [];

  put(value: number, count: number): this {
    for (let index = 0; index < count; index++) this.#bits.push(Math.floor(value / 2 ** index) % 2);
    return this;
  }

  text(value: string): this {
    for (const letter of value) this.put(letter.charCodeAt(0), 8);
    return this;
  }

  get bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, index) => (bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (index & 7))));
    return bytes;
  }
}

export interface WrittenBook {
  readonly dimensions: number;
  /** 0 for entries that are not used. */
  readonly lengths: readonly number[];
  readonly isOrdered?: boolean;
  /** Kind 1: numbers that all dimensions share; kind 2: those of every entry. */
  readonly lookup?: {
    readonly kind: 1 | 2;
    readonly minimum: number;
    readonly delta: number;
    readonly isSequence?: boolean;
    readonly numbers: readonly number[];
  };
}

export interface WrittenFloor {
  readonly partitions: readonly number[];
  readonly classes: readonly {
    readonly dimensions: number;
    readonly subclassBits: number;
    readonly master?: number;
    /** -1 for none. */
    readonly books: readonly number[];
  }[];
  readonly multiplier: number;
  readonly rangeBits: number;
  readonly positions: readonly number[];
}

export interface WrittenResidue {
  readonly kind: number;
  readonly begin: number;
  readonly end: number;
  readonly partition: number;
  readonly classBook: number;
  /** Of each class and each of eight passes; -1 for none. */
  readonly books: readonly (readonly number[])[];
}

export interface WrittenSetup {
  readonly books: readonly WrittenBook[];
  readonly floors: readonly WrittenFloor[];
  readonly residues: readonly WrittenResidue[];
  readonly mappings: readonly {
    readonly couplings: readonly (readonly [number, number])[];
    readonly mux: readonly number[];
    readonly parts: readonly { readonly floor: number; readonly residue: number }[];
  }[];
  readonly modes: readonly { readonly isLong: boolean; readonly mapping: number }[];
}

export function writeIdentification(channels: number, sampleRate: number, short: number, long: number): Uint8Array {
  const bits = new LowFirstBits().put(1, 8).text('vorbis').put(0, 32).put(channels, 8).put(sampleRate, 32);
  return bits.put(0, 96).put(Math.log2(short), 4).put(Math.log2(long), 4).put(1, 1).bytes;
}

const widthOf = (value: number): number => (value === 0 ? 0 : Math.floor(Math.log2(value)) + 1);

export function writeSetup(setup: WrittenSetup, channels: number): Uint8Array {
  const bits = new LowFirstBits()
    .put(5, 8)
    .text('vorbis')
    .put(setup.books.length - 1, 8);
  for (const book of setup.books) writeBook(bits, book);
  bits.put(0, 6).put(0, 16);
  bits.put(setup.floors.length - 1, 6);
  for (const floor of setup.floors) writeFloor(bits, floor);
  bits.put(setup.residues.length - 1, 6);
  for (const residue of setup.residues) writeResidue(bits, residue);
  bits.put(setup.mappings.length - 1, 6);
  for (const { couplings, mux, parts } of setup.mappings) {
    bits.put(0, 16).put(parts.length > 1 ? 1 : 0, 1);
    if (parts.length > 1) bits.put(parts.length - 1, 4);
    bits.put(couplings.length > 0 ? 1 : 0, 1);
    if (couplings.length > 0) bits.put(couplings.length - 1, 8);
    for (const channel of couplings.flat()) bits.put(channel, widthOf(channels - 1));
    bits.put(0, 2);
    if (parts.length > 1) for (const part of mux) bits.put(part, 4);
    for (const { floor, residue } of parts) bits.put(0, 8).put(floor, 8).put(residue, 8);
  }
  bits.put(setup.modes.length - 1, 6);
  for (const { isLong, mapping } of setup.modes)
    bits
      .put(isLong ? 1 : 0, 1)
      .put(0, 32)
      .put(mapping, 8);
  return bits.put(1, 1).bytes;
}

function writeBook(bits: LowFirstBits, { dimensions, lengths, isOrdered, lookup }: WrittenBook): void {
  bits
    .put(0x564342, 24)
    .put(dimensions, 16)
    .put(lengths.length, 24)
    .put(isOrdered === true ? 1 : 0, 1);
  if (isOrdered === true) {
    bits.put((lengths[0] ?? 1) - 1, 5);
    let place = 0;
    for (let length = lengths[0] ?? 1; place < lengths.length; length++) {
      const count = lengths.filter((one) => one === length).length;
      bits.put(count, widthOf(lengths.length - place));
      place += count;
    }
  } else {
    const isSparse = lengths.includes(0);
    bits.put(isSparse ? 1 : 0, 1);
    for (const length of lengths) {
      if (isSparse) bits.put(length > 0 ? 1 : 0, 1);
      if (length > 0) bits.put(length - 1, 5);
    }
  }
  bits.put(lookup?.kind ?? 0, 4);
  if (lookup === undefined) return;
  writeFloat(bits, lookup.minimum);
  writeFloat(bits, lookup.delta);
  const width = Math.max(1, ...lookup.numbers.map(widthOf));
  bits.put(width - 1, 4).put(lookup.isSequence === true ? 1 : 0, 1);
  for (const number of lookup.numbers) bits.put(number, width);
}

/** Eighths are enough. */
function writeFloat(bits: LowFirstBits, value: number): void {
  bits
    .put(Math.abs(value) * 8, 21)
    .put(788 - 3, 10)
    .put(value < 0 ? 1 : 0, 1);
}

function writeFloor(bits: LowFirstBits, floor: WrittenFloor): void {
  bits.put(1, 16).put(floor.partitions.length, 5);
  for (const kind of floor.partitions) bits.put(kind, 4);
  for (const { dimensions, subclassBits, master, books } of floor.classes) {
    bits.put(dimensions - 1, 3).put(subclassBits, 2);
    if (subclassBits > 0) bits.put(master ?? 0, 8);
    for (const book of books) bits.put(book + 1, 8);
  }
  bits.put(floor.multiplier - 1, 2).put(floor.rangeBits, 4);
  for (const position of floor.positions) bits.put(position, floor.rangeBits);
}

function writeResidue(bits: LowFirstBits, residue: WrittenResidue): void {
  bits
    .put(residue.kind, 16)
    .put(residue.begin, 24)
    .put(residue.end, 24)
    .put(residue.partition - 1, 24);
  bits.put(residue.books.length - 1, 6).put(residue.classBook, 8);
  for (const passes of residue.books) {
    const used = passes.reduce((sum, book, pass) => sum + (book >= 0 ? 2 ** pass : 0), 0);
    bits.put(used % 8, 3).put(used > 7 ? 1 : 0, 1);
    if (used > 7) bits.put(Math.floor(used / 8), 5);
  }
  for (const book of residue.books.flat()) if (book >= 0) bits.put(book, 8);
}
