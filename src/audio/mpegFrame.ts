/** Headers of MPEG audio frames (ISO 11172-3, 13818-3) and of ADTS frames (ISO 13818-7), which begin alike. */
export interface FrameHeader {
  readonly codec: 'mp1' | 'mp2' | 'mp3' | 'aac';
  readonly sampleRate: number;
  readonly channels: number;
  readonly byteLength: number;
  readonly sampleCount: number;
  /** 0 where the header does not say. */
  readonly bitsPerSecond: number;
  /** Distance from the header to Xing's tag; 0 where there can be none. */
  readonly sideByteLength: number;
  /** Of free format, whose frames do not say how long they are: the length without padding, which all have in common. */
  readonly freeByteLength?: number;
}

const bitrates = {
  mp1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  mp2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  mp3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  'mp1-low': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  low: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const mpegRates = [44_100, 48_000, 32_000] as const;
const layers = ['mp3', 'mp2', 'mp1'] as const;
const aacRates = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
] as const;

/**
 * Reads the header at a place, or finds that there is none.
 * @param freeByteLength Of the frames of a free-format stream; without it such frames count as none.
 */
export function parseFrameHeader(view: DataView, offset: number, freeByteLength?: number): FrameHeader | undefined {
  if (offset + 4 > view.byteLength || view.getUint8(offset) !== 0xff) return undefined;
  const second = view.getUint8(offset + 1);
  if ((second & 0xe0) !== 0xe0) return undefined;
  return (second & 0x06) === 0 ? parseAdts(view, offset) : parseMpeg(view, offset, freeByteLength);
}

function parseMpeg(view: DataView, offset: number, freeByteLength: number | undefined): FrameHeader | undefined {
  const bits = view.getUint32(offset);
  const version = (bits >>> 19) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const codec = layers[((bits >>> 17) & 3) - 1];
  const baseRate = mpegRates[(bits >>> 10) & 3];
  const bitrateIndex = (bits >>> 12) & 15;
  if (version === 1 || codec === undefined || baseRate === undefined || (bits & 3) === 2) return undefined;
  const isFirst = version === 3;
  const table = isFirst ? bitrates[codec] : codec === 'mp1' ? bitrates['mp1-low'] : bitrates.low;
  const bitrate = table[bitrateIndex - 1];
  const isFree = bitrateIndex === 0 && freeByteLength !== undefined;
  if (bitrate === undefined && !isFree) return undefined;
  const sampleRate = baseRate / (isFirst ? 1 : version === 2 ? 2 : 4);
  const padding = (bits >>> 9) & 1;
  const channels = ((bits >>> 6) & 3) === 3 ? 1 : 2;
  const sampleCount = codec === 'mp1' ? 384 : codec === 'mp3' && !isFirst ? 576 : 1152;
  const slotByteLength = codec === 'mp1' ? 4 : 1;
  const slots =
    bitrate === undefined
      ? (freeByteLength ?? 0) / slotByteLength
      : Math.floor(((sampleCount / 8) * bitrate * 1000) / sampleRate / slotByteLength);
  const sideByteLength = isFirst ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return {
    codec,
    sampleRate,
    channels,
    byteLength: (slots + padding) * slotByteLength,
    sampleCount,
    bitsPerSecond: (bitrate ?? 0) * 1000,
    sideByteLength: codec === 'mp3' ? sideByteLength : 0,
    ...(isFree ? { freeByteLength } : {}),
  };
}

function parseAdts(view: DataView, offset: number): FrameHeader | undefined {
  if (offset + 7 > view.byteLength || (view.getUint8(offset + 1) & 0xf0) !== 0xf0) return undefined;
  const sampleRate = aacRates[(view.getUint8(offset + 2) >> 2) & 15];
  const byteLength =
    ((view.getUint8(offset + 3) & 3) << 11) | (view.getUint8(offset + 4) << 3) | (view.getUint8(offset + 5) >> 5);
  if (sampleRate === undefined || byteLength < 8) return undefined;
  const channels = ((view.getUint8(offset + 2) & 1) << 2) | (view.getUint8(offset + 3) >> 6);
  const blocks = (view.getUint8(offset + 6) & 3) + 1;
  return {
    codec: 'aac',
    sampleRate,
    channels,
    byteLength,
    sampleCount: 1024 * blocks,
    bitsPerSecond: 0,
    sideByteLength: 0,
  };
}

export interface FoundFrame {
  readonly offset: number;
  readonly header: FrameHeader;
}

/**
 * Whether frames really begin here. Eleven set bits occur in any file, so three frames in a row must agree; when the
 * file ends sooner, those that are there must reach to its end, and a single one must be whole.
 * @param endsFile The view reaches to the end of the file.
 */
export function framesAt(view: DataView, offset: number, endsFile: boolean): FrameHeader | undefined {
  const freeByteLength = measureFreeFrame(view, offset);
  const header = parseFrameHeader(view, offset, freeByteLength);
  if (header === undefined) return undefined;
  let position = offset + header.byteLength;
  for (let found = 1; found < 3; found++) {
    const next = parseFrameHeader(view, position, freeByteLength);
    if (next === undefined) {
      const isEnough = found > 1 || (offset === 0 && position <= view.byteLength);
      return endsFile && isTail(view, position) && isEnough ? header : undefined;
    }
    if (next.codec !== header.codec || next.sampleRate !== header.sampleRate) return undefined;
    position += next.byteLength;
  }
  return header;
}

const longestFreeFrame = 4096;

/** The distance to the next header alike, less the padding, where a frame does not say how long it is. */
function measureFreeFrame(view: DataView, offset: number): number | undefined {
  if (offset + 4 > view.byteLength) return undefined;
  // Sync, version, layer and sample rate; a bit rate of 0.
  const mask = 0xfffe_fc00;
  const bits = view.getUint32(offset);
  const isFree = (bits & 0xffe0_f000) >>> 0 === 0xffe0_0000 && (bits & 0x0006_0000) !== 0 && (bits & 0xc00) !== 0xc00;
  if (!isFree) return undefined;
  const slotByteLength = (bits & 0x0006_0000) === 0x0006_0000 ? 4 : 1;
  const end = Math.min(view.byteLength - 4, offset + longestFreeFrame);
  for (let next = offset + 24; next <= end; next++) {
    if (view.getUint8(next) !== 0xff || (view.getUint32(next) & mask) !== (bits & mask)) continue;
    return next - offset - ((bits >>> 9) & 1) * slotByteLength;
  }
  return undefined;
}

/** The file ends here, within a frame, or with an ID3v1 tag. */
function isTail(view: DataView, position: number): boolean {
  if (position + 4 > view.byteLength) return true;
  return (
    view.getUint8(position) === 0x54 && view.getUint8(position + 1) === 0x41 && view.getUint8(position + 2) === 0x47
  );
}
