/**
 * Borders of the scale factor bands by sampling frequency (ISO/IEC 14496-3, tables 4.129 to 4.147), and how many of them
 * temporal noise shaping may reach in AAC-LC (table 4.104).
 */
export interface BandLayout {
  readonly long: Uint16Array;
  readonly short: Uint16Array;
  readonly longShapingBands: number;
  readonly shortShapingBands: number;
}

/** Table 1.18: what the sampling frequency index stands for. */
export const samplingFrequencies: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];

const upTo56 = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56];
const long96 = [
  ...upTo56,
  64,
  72,
  80,
  88,
  96,
  108,
  120,
  132,
  144,
  156,
  172,
  188,
  212,
  240,
  276,
  320,
  384,
  448,
  512,
  576,
  640,
  704,
  768,
  832,
  896,
  960,
  1024,
];
const long64 = [
  ...upTo56,
  64,
  72,
  80,
  88,
  100,
  112,
  124,
  140,
  156,
  172,
  192,
  216,
  240,
  268,
  304,
  344,
  384,
  424,
  464,
  504,
  544,
  584,
  624,
  664,
  704,
  744,
  784,
  824,
  864,
  904,
  944,
  984,
  1024,
];
const upTo928 = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176, 196, 216, 240, 264,
  292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800, 832, 864, 896, 928,
];
const long48 = [...upTo928, 1024];
const long32 = [...upTo928, 960, 992, 1024];
const long24 = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 136, 148, 160, 172, 188, 204,
  220, 240, 260, 284, 308, 336, 364, 396, 432, 468, 508, 552, 600, 652, 704, 768, 832, 896, 960, 1024,
];
const long16 = [
  0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100, 112, 124, 136, 148, 160, 172, 184, 196, 212, 228, 244, 260, 280,
  300, 320, 344, 368, 396, 424, 456, 492, 532, 572, 616, 664, 716, 772, 832, 896, 960, 1024,
];
const long8 = [
  0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 172, 188, 204, 220, 236, 252, 268, 288, 308, 328, 348,
  372, 396, 420, 448, 476, 508, 544, 580, 620, 664, 712, 764, 820, 880, 944, 1024,
];
const short96 = [0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92, 128];
const short48 = [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128];
const short24 = [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 64, 76, 92, 108, 128];
const short16 = [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 88, 108, 128];
const short8 = [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 60, 72, 88, 108, 128];

function layout(long: number[], short: number[], longShapingBands: number, shortShapingBands: number): BandLayout {
  return { long: Uint16Array.from(long), short: Uint16Array.from(short), longShapingBands, shortShapingBands };
}

/** By sampling frequency index. */
const layouts: readonly BandLayout[] = [
  layout(long96, short96, 31, 9),
  layout(long96, short96, 31, 9),
  layout(long64, short96, 34, 10),
  layout(long48, short48, 40, 14),
  layout(long48, short48, 42, 14),
  layout(long32, short48, 51, 14),
  layout(long24, short24, 46, 14),
  layout(long24, short24, 46, 14),
  layout(long16, short16, 42, 14),
  layout(long16, short16, 42, 14),
  layout(long16, short16, 42, 14),
  layout(long8, short8, 39, 14),
  layout(long8, short8, 39, 14),
];

/** Table 4.82: lowest rates that use the tables of an index, for rates that have no index of their own. */
const lowestRates = [92_017, 75_132, 55_426, 46_009, 37_566, 27_713, 23_004, 18_783, 13_856, 11_502, 9391, 0];

export function bandLayoutOf(sampleRate: number): BandLayout {
  const exact = samplingFrequencies.indexOf(sampleRate);
  const index = exact >= 0 ? exact : lowestRates.findIndex((lowest) => sampleRate >= lowest);
  const found = layouts[index];
  if (found === undefined) throw new RangeError(`No sampling frequency: ${sampleRate}.`);
  return found;
}
