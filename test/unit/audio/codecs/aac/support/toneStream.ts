import { codewords } from '../../../../../../src/audio/codecs/aac/codebooks.js';
import { scaleFactorCode, spectralCodes } from '../../../../../../src/audio/codecs/aac/codebookTables.js';
import { bandLayoutOf } from '../../../../../../src/audio/codecs/aac/scaleFactorBands.js';
import { adtsFrame } from './aacStreams.js';
import { BitWriter } from './bitWriter.js';

const frameLength = 1024;
const packetCount = 8;
const cosines = Float64Array.from({ length: 8192 }, (_, part) => Math.cos((2 * Math.PI * part) / 8192));

/** A tone of half the full amplitude, analysed by the letter of the standard (4.6.11) and quantised finely: one channel of long windows. */
export function analysedTone(sampleRate: number, frequency: number, shape: number): Uint8Array[] {
  const window = shape === 0 ? sineWindow() : kaiserWindow();
  const sample = (index: number): number => 16_384 * Math.sin((2 * Math.PI * frequency * index) / sampleRate);
  return Array.from({ length: packetCount }, (_, packet) => {
    const start = (packet - 1) * frameLength;
    const windowed = Array.from(window, (weight, index) => weight * sample(start + index));
    const lines = Array.from({ length: frameLength }, (_unused, line) =>
      windowed.reduce((sum, value, index) => {
        // pi / 1024 (index + 1/2 + 512) (line + 1/2), as parts of a full circle.
        return sum + 2 * value * (cosines[((2 * index + 1025) * (2 * line + 1)) % cosines.length] ?? 0);
      }, 0),
    );
    return adtsFrame({ sampleRate, channelConfiguration: 1 }, packetOf(sampleRate, shape, lines));
  });
}

function sineWindow(): Float64Array {
  return Float64Array.from({ length: 2048 }, (_, index) => Math.sin((Math.PI / 2048) * (index + 0.5)));
}

function kaiserWindow(): Float64Array {
  const bessel = (x: number): number => {
    let term = 1;
    let sum = 1;
    for (let index = 1; index < 60; index++) sum += term *= (x / (2 * index)) ** 2;
    return sum;
  };
  const kaiser = Array.from({ length: 1025 }, (_, index) =>
    bessel(4 * Math.PI * Math.sqrt(1 - (index / 512 - 1) ** 2)),
  );
  const total = kaiser.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  const rising = kaiser.slice(0, 1024).map((value) => Math.sqrt((sum += value) / total));
  return Float64Array.from([...rising, ...rising.toReversed()]);
}

/** One section of the escape codebook, one scale factor. */
function packetOf(sampleRate: number, shape: number, lines: readonly number[]): Uint8Array {
  const bandCount = bandLayoutOf(sampleRate).long.length - 1;
  const gain = 140;
  const step = 2 ** ((gain - 100) / 4);
  const writer = new BitWriter();
  writer.write(0, 3 + 4);
  writer.write(gain, 8);
  writer.write(0, 1 + 2);
  writer.write(shape, 1);
  writer.write(bandCount, 6);
  writer.write(0, 1);
  writer.write(11, 4);
  writer.write(31, 5);
  writer.write(bandCount - 31, 5);
  const same = codewords(scaleFactorCode)[60];
  for (let band = 0; band < bandCount; band++) writer.write(same?.bits ?? 0, same?.length ?? 0);
  writer.write(0, 3);
  const words = codewords(spectralCodes[10] ?? scaleFactorCode);
  const quantised = lines.map((line) => Math.sign(line) * Math.round((Math.abs(line) / step) ** 0.75));
  for (let line = 0; line < lines.length; line += 2) {
    const pair = quantised.slice(line, line + 2);
    const index = pair.reduce((sum, value) => 17 * sum + Math.min(16, Math.abs(value)), 0);
    writer.write(words[index]?.bits ?? 0, words[index]?.length ?? 0);
    for (const value of pair) if (value !== 0) writer.write(value < 0 ? 1 : 0, 1);
    for (const value of pair) if (Math.abs(value) >= 16) writeEscape(writer, Math.abs(value));
  }
  writer.write(7, 3);
  return writer.bytes();
}

function writeEscape(writer: BitWriter, value: number): void {
  const bitCount = Math.floor(Math.log2(value));
  for (let index = 4; index < bitCount; index++) writer.write(1, 1);
  writer.write(0, 1);
  writer.write(value - 2 ** bitCount, bitCount);
}
