import { addSpreadVectors, addVectors, isBeyondEnd, readEntry } from './vorbisBits.as';

/** The lines of spectra (Vorbis I, 8): partition by partition, in passes that each add something finer. */

// A residue, as vorbisMemory.ts has it: numbers of four bytes.
const kind: usize = 0;
const begin: usize = 4; // bytes of lines, as the next two
const end: usize = 8;
const partitionByteLength: usize = 12;
const classBook: usize = 16;
const classesPerEntry: usize = 20;
const classesOfEntries: usize = 24; // u8
const passBooks: usize = 28; // for each class eight codebooks, or 0
const passCount: usize = 32;

/**
 * @param vectors The places of the vectors, each 0 where there is silence.
 * @param byteLength Of a vector.
 * @param heardByteLength How much of each vector is wanted.
 * @param isLast Nothing follows in the packet, so that what is not wanted need not be read.
 * @param marks Room for the class of every partition.
 */
export function readResidue(
  residue: usize,
  vectors: usize,
  vectorCount: i32,
  byteLength: usize,
  heardByteLength: usize,
  isLast: bool,
  marks: usize,
): void {
  const isSpread = load<i32>(residue, kind) == 0;
  const from = min(load<i32>(residue, begin) as usize, byteLength);
  const to = max(from, min(load<i32>(residue, end) as usize, byteLength));
  const partBytes = load<i32>(residue, partitionByteLength) as usize;
  const partitions = ((to - from) / partBytes) as i32;
  const perEntry = load<i32>(residue, classesPerEntry);
  const book = load<i32>(residue, classBook) as usize;
  const classes = load<i32>(residue, classesOfEntries) as usize;
  const books = load<i32>(residue, passBooks) as usize;
  const passes = load<i32>(residue, passCount);
  const vectorsEnd = vectors + ((vectorCount as usize) << 2);
  const rowByteLength = ((partitions + perEntry) as usize) << 2;
  for (let pass = 0; pass < passes; pass++) {
    const isLastPass = isLast && pass == passes - 1;
    let start = from;
    let mark = marks;
    for (let partition = 0; partition < partitions;) {
      if (isLastPass && start >= heardByteLength) return;
      if (pass == 0) {
        let row = mark;
        for (let vector = vectors; vector < vectorsEnd; vector += 4, row += rowByteLength) {
          if (load<i32>(vector) == 0) continue;
          const entry = classes + (readEntry(book) as usize) * (perEntry as usize);
          if (isBeyondEnd()) return;
          for (let index: usize = 0; index < (perEntry as usize); index++) {
            store<i32>(row + (index << 2), books + ((load<u8>(entry + index) as usize) << 5));
          }
        }
      }
      const stop = min(partitions, partition + perEntry);
      for (; partition < stop; partition++, start += partBytes, mark += 4) {
        let row = mark;
        for (let vector = vectors; vector < vectorsEnd; vector += 4, row += rowByteLength) {
          const place = load<i32>(vector) as usize;
          if (place == 0) continue;
          const passBook = load<i32>((load<i32>(row) as usize) + ((pass as usize) << 2)) as usize;
          if (passBook == 0) continue;
          const target = start < heardByteLength ? place + start : 0;
          const isWhole = isSpread
            ? addSpreadVectors(passBook, target, partBytes)
            : addVectors(passBook, target, partBytes);
          if (!isWhole) return;
        }
      }
    }
  }
}
