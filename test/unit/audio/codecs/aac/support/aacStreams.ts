import { bandLayoutOf, samplingFrequencies } from '../../../../../../src/audio/codecs/aac/scaleFactorBands.js';
import { writeChannel, writeDifference, writeWindows, type Windows } from './aacChannel.js';
import { BitWriter } from './bitWriter.js';
import { createRandom, type Random } from './random.js';

/**
 * Valid AAC-LC of random content: no encoder uses all that a decoder must read, this does. What it should sound like only
 * another decoder can tell.
 */
export interface StreamShape {
  readonly seed: number;
  readonly sampleRate: number;
  /** Elements of every packet. */
  readonly elements: readonly ('single' | 'pair' | 'low-frequency')[];
  readonly channelConfiguration: number;
  readonly packetCount: number;
  readonly withNoise?: boolean;
  readonly withCoupling?: boolean;
}

/** Whether a channel's last window fell steeply, so that the next must rise so. */
interface ChannelHistory {
  endsShort: boolean;
}
type ElementHistory = readonly [ChannelHistory, ChannelHistory];

export function randomAdtsFrames(shape: StreamShape): Uint8Array[] {
  const random = createRandom(shape.seed);
  const history = shape.elements.map((): ElementHistory => [{ endsShort: false }, { endsShort: false }]);
  return Array.from({ length: shape.packetCount }, () => adtsFrame(shape, randomPacket(random, shape, history)));
}

export function adtsFrame(
  { sampleRate, channelConfiguration }: Pick<StreamShape, 'sampleRate' | 'channelConfiguration'>,
  packet: Uint8Array,
): Uint8Array {
  const writer = new BitWriter();
  writer.write(0xfff1, 16);
  writer.write(1, 2);
  writer.write(samplingFrequencies.indexOf(sampleRate), 4);
  writer.write(0, 1);
  writer.write(channelConfiguration, 3);
  writer.write(0, 4);
  writer.write(packet.byteLength + 7, 13);
  writer.write(0x7ff, 11);
  writer.write(0, 2);
  return Uint8Array.from([...writer.bytes(), ...packet]);
}

function randomPacket(random: Random, shape: StreamShape, history: readonly ElementHistory[]): Uint8Array {
  const writer = new BitWriter();
  const tags = { single: 0, pair: 0, 'low-frequency': 0 };
  shape.elements.forEach((element, index) => {
    const [first, second] = history[index] ?? [{ endsShort: false }, { endsShort: false }];
    if (random.chance(0.2)) writeDataElement(writer, random);
    if (random.chance(0.2)) writeFillElement(writer, random);
    // Its content comes from a generator of its own, so that all else stays as it is without it.
    if (shape.withCoupling === true) writeCoupling(writer, createRandom(shape.seed + 1), shape);
    writer.write(element === 'single' ? 0 : element === 'pair' ? 1 : 3, 3);
    writer.write(tags[element]++, 4);
    if (element === 'pair') writePair(writer, random, shape, first, second);
    else writeChannel(writer, random, shape.withNoise === true, randomWindows(random, shape, first), false, true);
  });
  writer.write(7, 3);
  return writer.bytes();
}

function writeDataElement(writer: BitWriter, random: Random): void {
  const isAligned = random.whole(0, 1);
  const count = random.whole(0, 300);
  writer.write(4, 3);
  writer.write(0, 4);
  writer.write(isAligned, 1);
  writer.write(Math.min(count, 255), 8);
  if (count >= 255) writer.write(count - 255, 8);
  if (isAligned === 1) writer.align();
  for (let index = 0; index < count; index++) writer.write(random.whole(0, 255), 8);
}

/** Fill with the extension type of plain filling. */
function writeFillElement(writer: BitWriter, random: Random): void {
  const count = random.whole(1, 40);
  writer.write(6, 3);
  writer.write(Math.min(count, 15), 4);
  if (count >= 15) writer.write(count - 14, 8);
  for (let index = 0; index < count; index++) writer.write(0, 8);
}

function writeCoupling(writer: BitWriter, random: Random, shape: StreamShape): void {
  writer.write(2, 3);
  writer.write(0, 4);
  writer.write(0, 1);
  writer.write(0, 3);
  writer.write(1, 1);
  writer.write(0, 4);
  writer.write(3, 2);
  writer.write(0, 4);
  const codebooks = writeChannel(
    writer,
    random,
    shape.withNoise === true,
    randomWindows(random, shape, { endsShort: false }),
    false,
    true,
  );
  writer.write(0, 1);
  for (const codebook of codebooks) if (codebook !== 0) writeDifference(writer, random.whole(-3, 3));
}

function writePair(
  writer: BitWriter,
  random: Random,
  shape: StreamShape,
  first: ChannelHistory,
  second: ChannelHistory,
): void {
  if (first.endsShort !== second.endsShort || random.chance(0.3)) {
    writer.write(0, 1);
    for (const channel of [first, second]) {
      writeChannel(writer, random, shape.withNoise === true, randomWindows(random, shape, channel), false, true);
    }
    return;
  }
  const windows = randomWindows(random, shape, first);
  second.endsShort = first.endsShort;
  writer.write(1, 1);
  writeWindows(writer, windows);
  const present = random.whole(0, 2);
  writer.write(present, 2);
  if (present === 1) {
    for (let index = 0; index < windows.groups.length * windows.maxBand; index++) writer.write(random.whole(0, 1), 1);
  }
  writeChannel(writer, random, shape.withNoise === true, windows, false, false);
  // With a mask of everything, decoders differ in whether it turns the phase of intensity; the standard says no.
  writeChannel(writer, random, shape.withNoise === true, windows, present !== 2, false);
}

function randomWindows(random: Random, { sampleRate }: StreamShape, history: ChannelHistory): Windows {
  const layout = bandLayoutOf(sampleRate);
  const sequence = history.endsShort ? random.whole(2, 3) : random.chance(0.7) ? 0 : 1;
  history.endsShort = sequence === 1 || sequence === 2;
  const offsets = sequence === 2 ? layout.short : layout.long;
  const groups = [1];
  for (let window = 1; sequence === 2 && window < 8; window++) {
    if (random.chance(0.5)) groups.push(1);
    else groups.push((groups.pop() ?? 0) + 1);
  }
  return { sequence, shape: random.whole(0, 1), maxBand: random.whole(0, offsets.length - 1), groups, offsets };
}
