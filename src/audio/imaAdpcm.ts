/** IMA ADPCM (Interactive Multimedia Association, 1992) as WAV files and as QuickTime and AIFC (`ima4`) pack it. */

// prettier-ignore
const stepSizes = Int16Array.of(
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118,
  130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060,
  1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484,
  7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
);
const indexSteps = Int8Array.of(-1, -1, -1, -1, 2, 4, 6, 8);
const lastIndex = 88;

/** Decodes one block into the planes from a place on. @returns How many samples of each, or undefined when the block is damaged. */
export type BlockDecoder = (block: Uint8Array, planes: readonly Float32Array[], at: number) => number | undefined;

export function imaWavSampleCount(byteLength: number, channels: number): number {
  return byteLength < 4 * channels ? 0 : 1 + 8 * Math.floor((byteLength - 4 * channels) / (4 * channels));
}

/** Each block begins with one sample of each channel; then every channel in turn has eight samples. */
export function createImaWavDecoder(channels: number): BlockDecoder {
  return (block, planes, at) => {
    const sampleCount = imaWavSampleCount(block.byteLength, channels);
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    for (let channel = 0; channel < channels; channel++) {
      const plane = planes[channel];
      let predictor = view.getInt16(4 * channel, true);
      let index = view.getUint8(4 * channel + 2);
      if (plane === undefined || index > lastIndex) return undefined;
      plane[at] = predictor / 32_768;
      for (let sample = 1, offset = 4 * (channels + channel); sample < sampleCount; offset += 4 * (channels - 1)) {
        for (const end = sample + 8; sample < end; sample += 2, offset++) {
          const byte = view.getUint8(offset);
          for (let half = 0; half < 2; half++) {
            const nibble = half === 0 ? byte & 15 : byte >> 4;
            const difference = ((2 * (nibble & 7) + 1) * (stepSizes[index] ?? 0)) >> 3;
            predictor = clip((nibble & 8) === 0 ? predictor + difference : predictor - difference);
            index = nextIndex(index, nibble);
            plane[at + sample + half] = predictor / 32_768;
          }
        }
      }
    }
    return sampleCount;
  };
}

export const ima4PacketByteLength = 34;
export const ima4PacketSampleCount = 64;

/** A packet of 64 samples for every channel in turn. Its header is coarse, so that a predictor that agrees with it is kept. */
export function createIma4Decoder(channels: number): BlockDecoder {
  const predictors = new Int32Array(channels);
  const indexes = new Int32Array(channels);
  return (block, planes, at) => {
    if (block.byteLength < ima4PacketByteLength * channels) return 0;
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    for (let channel = 0, offset = 0; channel < channels; channel++) {
      const plane = planes[channel];
      const header = view.getInt16(offset);
      const headerIndex = header & 0x7f;
      if (plane === undefined || headerIndex > lastIndex) return undefined;
      let predictor = predictors[channel] ?? 0;
      if (indexes[channel] !== headerIndex || Math.abs((header & ~0x7f) - predictor) > 0x7f) predictor = header & ~0x7f;
      let index = headerIndex;
      offset += 2;
      for (let sample = 0; sample < ima4PacketSampleCount; sample += 2, offset++) {
        const byte = view.getUint8(offset);
        for (let half = 0; half < 2; half++) {
          const nibble = half === 0 ? byte & 15 : byte >> 4;
          const step = stepSizes[index] ?? 0;
          // Each part is cut to a whole number by itself, unlike in WAV.
          let difference = step >> 3;
          if ((nibble & 4) !== 0) difference += step;
          if ((nibble & 2) !== 0) difference += step >> 1;
          if ((nibble & 1) !== 0) difference += step >> 2;
          predictor = clip((nibble & 8) === 0 ? predictor + difference : predictor - difference);
          index = nextIndex(index, nibble);
          plane[at + sample + half] = predictor / 32_768;
        }
      }
      predictors[channel] = predictor;
      indexes[channel] = index;
    }
    return ima4PacketSampleCount;
  };
}

function nextIndex(index: number, nibble: number): number {
  const next = index + (indexSteps[nibble & 7] ?? 0);
  return next < 0 ? 0 : next > lastIndex ? lastIndex : next;
}

function clip(sample: number): number {
  return sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : sample;
}
