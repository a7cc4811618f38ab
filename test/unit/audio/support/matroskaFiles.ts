import { bytesOf, join } from './wavFiles.js';

/** Matroska files written byte by byte so that no code under test takes part. */
export function element(id: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = join(parts.map((part) => Uint8Array.from(part)));
  return join(
    [bytesOf(idBytes(id), [0x10, 0, 0, 0]), body].map((part, index) => (index === 0 ? sized(part, body) : part)),
  );
}

/** Of a length that is not known when it begins, as live recordings have. */
export function openElement(id: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return join([bytesOf(idBytes(id), [0xff]), ...parts]);
}

function idBytes(id: number): number[] {
  const bytes: number[] = [];
  for (let rest = id; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

/** A length of four bytes. */
function sized(head: Uint8Array, body: Uint8Array): Uint8Array {
  new DataView(head.buffer).setUint32(head.byteLength - 4, 0x1000_0000 + body.byteLength);
  return head;
}

export function block(relative: number, lacing: number, body: Uint8Array | readonly number[], track = 1): Uint8Array {
  return bytesOf([0x80 | track, (relative >> 8) & 255, relative & 255, 0x80 | (lacing << 1)], Uint8Array.from(body));
}

export const simpleBlock = (...args: Parameters<typeof block>): Uint8Array => element(0xa3, block(...args));

export function cluster(time: number, ...blocks: readonly Uint8Array[]): Uint8Array {
  return element(0x1f43b675, element(0xe7, [time >> 8, time & 255]), ...blocks);
}

export function liveCluster(time: number, ...blocks: readonly Uint8Array[]): Uint8Array {
  return openElement(0x1f43b675, element(0xe7, [time >> 8, time & 255]), ...blocks);
}

export interface MatroskaOptions {
  readonly clusters: readonly Uint8Array[];
  readonly durationMilliseconds?: number;
  /** In place of Opus. */
  readonly codec?: string;
  readonly stripped?: readonly number[];
  readonly isLive?: boolean;
}

/** Opus, 48 kHz, mono, nothing to leave out in front, unless another codec is named. */
export function matroskaFile({ clusters, durationMilliseconds, codec, stripped, isLive }: MatroskaOptions): Uint8Array {
  const head = bytesOf('OpusHead', [1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const duration = new Uint8Array(8);
  new DataView(duration.buffer).setFloat64(0, durationMilliseconds ?? 0);
  const rate = new Uint8Array(4);
  new DataView(rate.buffer).setFloat32(0, 48_000);
  const encoding = element(0x6240, element(0x5034, element(0x4254, [3]), element(0x4255, stripped ?? [])));
  const information = element(
    0x1549a966,
    element(0x2ad7b1, [0x0f, 0x42, 0x40]),
    ...(durationMilliseconds === undefined ? [] : [element(0x4489, duration)]),
  );
  const entry = element(
    0xae,
    element(0xd7, [1]),
    element(0x83, [2]),
    element(0x86, bytesOf(codec ?? 'A_OPUS')),
    ...(codec === undefined ? [element(0x63a2, head)] : []),
    element(0xe1, element(0xb5, rate), element(0x9f, [1])),
    ...(stripped === undefined ? [] : [element(0x6d80, encoding)]),
  );
  const parts = [information, element(0x1654ae6b, entry), ...clusters];
  const segment = isLive === true ? openElement(0x18538067, ...parts) : element(0x18538067, ...parts);
  return join([element(0x1a45dfa3, element(0x4282, bytesOf('webm'))), segment]);
}
