import type { BlockDecoder } from './imaAdpcm.js';

/** Microsoft ADPCM (RFC 2361, format tag 2), with its seven standard predictors. */
const firstCoefficients = [64, 128, 0, 48, 60, 115, 98];
const secondCoefficients = [0, -64, 0, 16, 0, -52, -58];
const adaptation = Int16Array.of(230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230);

/** What only damaged blocks reach: the next product must stay within 32 bits. */
const deltaLimit = Math.floor(0x7fff_ffff / 768);

export function msAdpcmSampleCount(byteLength: number, channels: number): number {
  return byteLength < 7 * channels ? 0 : 2 + Math.floor(((byteLength - 7 * channels) * 2) / channels);
}

/** For one or two channels, whose nibbles alternate. */
export function createMsAdpcmDecoder(channels: number): BlockDecoder {
  return (block, planes, at) => {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    const sampleCount = msAdpcmSampleCount(block.byteLength, channels);
    for (let channel = 0; channel < channels; channel++) {
      const plane = planes[channel];
      const first = firstCoefficients[view.getUint8(channel)];
      const second = secondCoefficients[view.getUint8(channel)];
      if (plane === undefined || first === undefined || second === undefined) return undefined;
      let delta = view.getInt16(channels + 2 * channel, true);
      let latest = view.getInt16(3 * channels + 2 * channel, true);
      let earlier = view.getInt16(5 * channels + 2 * channel, true);
      plane[at] = earlier / 32_768;
      plane[at + 1] = latest / 32_768;
      for (let sample = 2, place = channel; sample < sampleCount; sample++, place += channels) {
        const byte = view.getUint8(7 * channels + (place >> 1));
        const nibble = (place & 1) === 0 ? byte >> 4 : byte & 15;
        const predicted =
          Math.trunc((latest * first + earlier * second) / 64) + (nibble > 7 ? nibble - 16 : nibble) * delta;
        earlier = latest;
        latest = predicted > 32_767 ? 32_767 : predicted < -32_768 ? -32_768 : predicted;
        delta = Math.min(deltaLimit, Math.max(16, ((adaptation[nibble] ?? 0) * delta) >> 8));
        plane[at + sample] = latest / 32_768;
      }
    }
    return sampleCount;
  };
}
