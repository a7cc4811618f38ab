/** Which streams of a packet become which channels (RFC 7845, 5.1.1). */
export interface OpusMapping {
  readonly streamCount: number;
  /** So many of the first streams are stereo. */
  readonly coupledCount: number;
  /** Of every channel: the decoded one that it is, or 255 for silence. */
  readonly channels: readonly number[];
}

/** From `OpusHead`; undefined when it is one stream of one or two channels, or when its table is damaged. */
export function parseOpusMapping(head: DataView): OpusMapping | undefined {
  if (head.byteLength < 22 || head.getUint8(18) === 0) return undefined;
  const channelCount = head.getUint8(9);
  const streamCount = head.getUint8(19);
  const coupledCount = head.getUint8(20);
  if (streamCount === 0 || coupledCount > streamCount || head.byteLength < 21 + channelCount) return undefined;
  const channels = Array.from({ length: channelCount }, (_, channel) => head.getUint8(21 + channel));
  const isWhole = channels.every((index) => index === 255 || index < streamCount + coupledCount);
  return isWhole ? { streamCount, coupledCount, channels } : undefined;
}

/**
 * Takes a packet of several streams apart. All but the last carry one length more than a packet by itself does (RFC 6716,
 * appendix B), which is left out.
 * @throws Error when the lengths do not fit.
 */
export function splitOpusPacket(packet: Uint8Array, streamCount: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let rest = packet;
  while (packets.length < streamCount - 1) {
    const { bytes, byteLength } = takeDelimited(rest);
    packets.push(bytes);
    rest = rest.subarray(byteLength);
  }
  if (rest.byteLength === 0) throw new Error('a stream is missing');
  return [...packets, rest];
}

function takeDelimited(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly byteLength: number } {
  const [head] = bytes;
  if (head === undefined) throw new Error('a stream is missing');
  let offset = 1;
  const code = head & 3;
  let frameCount = code === 0 ? 1 : 2;
  let isVariable = code === 2;
  let paddingByteLength = 0;
  if (code === 3) {
    const flags = bytes[offset++] ?? 0;
    frameCount = flags & 0x3f;
    isVariable = (flags & 0x80) !== 0;
    if ((flags & 0x40) !== 0) {
      let part: number;
      do {
        part = bytes[offset++] ?? 0;
        paddingByteLength += Math.min(part, 254);
      } while (part === 255);
    }
  }
  let byteLength = 0;
  // Of frames that differ, each but the last has a length in an ordinary packet too.
  for (let count = isVariable ? frameCount - 1 : 0; count > 0; count--) {
    const length = readLength(bytes, offset);
    offset += length.byteLength;
    byteLength += length.value;
  }
  const extra = readLength(bytes, offset);
  byteLength += isVariable ? extra.value : extra.value * frameCount;
  const start = offset + extra.byteLength;
  const end = start + byteLength + paddingByteLength;
  if (frameCount === 0 || end > bytes.byteLength) throw new Error('a stream is cut off');
  const taken = new Uint8Array(offset + end - start);
  taken.set(bytes.subarray(0, offset));
  taken.set(bytes.subarray(start, end), offset);
  return { bytes: taken, byteLength: end };
}

/** In one byte or two (RFC 6716, 3.2.1). */
function readLength(bytes: Uint8Array, offset: number): { readonly value: number; readonly byteLength: number } {
  const first = bytes[offset] ?? 0;
  return first < 252 ? { value: first, byteLength: 1 } : { value: first + 4 * (bytes[offset + 1] ?? 0), byteLength: 2 };
}
