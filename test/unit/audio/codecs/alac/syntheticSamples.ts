/** Whole-number sound of a bit depth: a triangle, a slower one, and noise in the last bits; equal on every machine. */
export function syntheticSamples(bitDepth: number, channelCount: number, length: number): Int32Array[] {
  const scale = 2 ** (bitDepth - 16);
  return Array.from({ length: channelCount }, (_, channel) => {
    let state = channel + 1;
    return Int32Array.from({ length }, (_unused, index) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      const triangle = Math.abs(((index * (50 + channel)) % 8192) - 4096) * 3 - 6144;
      const slow = Math.abs(((index + 100 * channel) % 1500) - 750) * 8 - 3000;
      const isQuiet = index % 5000 > 4000;
      return isQuiet ? 0 : (triangle + slow) * scale + (state >> (32 - (bitDepth - 13)));
    });
  });
}
