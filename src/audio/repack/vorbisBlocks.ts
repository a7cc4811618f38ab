/** `vorbis_mode_count` comes 6 bits in front of the modes (Vorbis I, 4.2.4). */
const modeBitCount = 41;
const modeLimit = 64;

/**
 * How many samples each packet of Vorbis adds, told packet by packet in their order: a quarter of the block before it and
 * a quarter of its own (Vorbis I, 4.3.8); the first adds none.
 * @param identification The first header.
 * @param setup The third.
 */
export function vorbisSampleCounter(identification: Uint8Array, setup: Uint8Array): (packet: Uint8Array) => number {
  const sizes = identification[28] ?? 0;
  const [short, long] = [2 ** (sizes & 15), 2 ** (sizes >> 4)];
  const blocks = longModes(setup).map((isLong) => (isLong ? long : short));
  const mask = 2 ** Math.ceil(Math.log2(Math.max(1, blocks.length))) - 1;
  let previous: number | undefined;
  return (packet) => {
    // An empty packet or one of another kind makes no sound.
    if (packet.byteLength === 0 || ((packet[0] ?? 0) & 1) === 1) return 0;
    const block = blocks[((packet[0] ?? 0) >> 1) & mask] ?? 0;
    const sampleCount = previous === undefined ? 0 : (previous + block) / 4;
    previous = block;
    return sampleCount;
  };
}

/**
 * Of every mode, whether its block is the long one. What stands before the modes can only be skipped by reading all of it,
 * so they are read from the end: the last number of modes that fits to what stands before them is right.
 */
function longModes(setup: Uint8Array): readonly boolean[] {
  let place = setup.byteLength * 8;
  const backwards = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++) {
      place--;
      value = value * 2 + (((setup[place >> 3] ?? 0) >> (place & 7)) & 1);
    }
    return value;
  };
  // The framing bit, behind which the last byte is filled up with zeros.
  while (place > 0 && backwards(1) === 0);
  const flags: boolean[] = [];
  let found: readonly boolean[] = [];
  while (place >= modeBitCount + 6 && flags.length < modeLimit) {
    // A mapping, and transform and window types, of which there is one.
    if (backwards(8) >= 64 || backwards(32) !== 0) break;
    flags.unshift(backwards(1) === 1);
    const begin = place;
    if (backwards(6) + 1 === flags.length) found = [...flags];
    place = begin;
  }
  return found;
}
