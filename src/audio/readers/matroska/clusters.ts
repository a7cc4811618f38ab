import type { RangeReader } from '../../blockCache.js';
import type { ByteSource } from '../../byteSource.js';
import { elementHeadAt, elementsOf, ids, longestHead, signedOf, unsignedOf, type ElementHead } from './ebml.js';
import { readBlock } from './lacing.js';

export interface MatroskaBlock {
  readonly ticks: number;
  readonly frames: readonly Uint8Array[];
  /** What of its end is not to be heard. */
  readonly discardSeconds: number;
}

const firstBlockByteLength = 64 * 1024;
const mostBlockByteLength = 512 * 1024;
/** No packet, of pictures either, is longer. */
const elementByteLengthLimit = 64 << 20;
const searchByteLength = 256 * 1024;

/** What may stand in a segment or a cluster, and is passed over. */
const passed: ReadonlySet<number> = new Set([
  ids.seekHead,
  ids.information,
  ids.tracks,
  ids.cues,
  ids.tags,
  ids.chapters,
  ids.attachments,
  ids.void,
  ids.checksum,
  ids.position,
  ids.previousSize,
  ids.silentTracks,
  ids.encryptedBlock,
  ids.header,
]);

const trailing: ReadonlySet<number> = new Set([ids.cues, ids.tags, ids.chapters, ids.attachments]);

export interface ClusterWish {
  readonly track: number;
  /** Called with the time of every block of another track. */
  readonly onOther?: (ticks: number) => void;
  /** Called when something was passed over; `isEnd` when nothing follows. */
  readonly onDamage?: (isEnd: boolean) => void;
}

/**
 * The blocks of one track from a cluster on. Clusters may be of unknown length, as live recordings have them: a cluster
 * ends where the next begins. Behind damage it goes on with the next cluster.
 */
export async function* readClusters(
  source: ByteSource,
  from: number,
  wish: ClusterWish,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly MatroskaBlock[], void, undefined> {
  const walker = new ClusterWalker(wish, source.byteLength);
  let position = from;
  for (let wanted = firstBlockByteLength; position < source.byteLength;) {
    const end = Math.min(source.byteLength, position + Math.max(wanted, walker.neededByteLength));
    const bytes = await source.read(position, end, signal);
    const used = walker.walk(bytes, position);
    if (walker.blocks.length > 0) yield walker.takeBlocks();
    wanted = Math.min(mostBlockByteLength, wanted * 2);
    // A file that became shorter meanwhile ends here.
    const isShort = bytes.byteLength < end - position;
    if (walker.isLost || isShort || (used === 0 && walker.neededByteLength === 0)) {
      const read = (start: number, stop: number): Promise<Uint8Array> => source.read(start, stop, signal);
      const next = isShort ? undefined : await findCluster(read, position + used + 1, source.byteLength);
      wish.onDamage?.(next === undefined);
      if (next === undefined) return;
      walker.startAnew();
      position = next;
    } else {
      position += used;
    }
  }
}

class ClusterWalker {
  /** Bytes that the next element needs to be read. */
  neededByteLength = 0;
  isLost = false;
  blocks: MatroskaBlock[] = [];
  readonly #wish: ClusterWish;
  readonly #fileByteLength: number;
  #clusterTicks = 0;
  #clusterEnd = Infinity;

  constructor(wish: ClusterWish, fileByteLength: number) {
    this.#wish = wish;
    this.#fileByteLength = fileByteLength;
  }

  takeBlocks(): MatroskaBlock[] {
    const { blocks } = this;
    this.blocks = [];
    return blocks;
  }

  startAnew(): void {
    this.isLost = false;
    this.neededByteLength = 0;
    this.#clusterEnd = Infinity;
  }

  /** @returns How many bytes are done with; that may be more than there are, for what is passed over. */
  walk(bytes: Uint8Array, start: number): number {
    this.neededByteLength = 0;
    let offset = 0;
    while (offset < bytes.byteLength) {
      const head = elementHeadAt(bytes, offset);
      if (head === undefined) {
        this.isLost = offset + longestHead <= bytes.byteLength || start + bytes.byteLength >= this.#fileByteLength;
        return offset;
      }
      const next = this.#step(bytes, offset, head, start);
      if (next === undefined) return offset;
      offset = next;
    }
    return offset;
  }

  /** @returns Where the next element begins; undefined when this one is damaged, or not wholly there. */
  #step(bytes: Uint8Array, offset: number, head: ElementHead, start: number): number | undefined {
    const body = offset + head.headByteLength;
    if (start + offset >= this.#clusterEnd) this.#clusterEnd = Infinity;
    if (head.id === ids.cluster || head.id === ids.segment) {
      this.#clusterEnd = head.id === ids.cluster ? start + body + head.byteLength : Infinity;
      return body;
    }
    const end = body + head.byteLength;
    if (passed.has(head.id) && start + end <= Math.min(this.#fileByteLength, this.#clusterEnd)) return end;
    // What stands behind the sound is no loss when it is cut off.
    if (trailing.has(head.id) && this.#clusterEnd === Infinity) return end;
    const isInside = start + end <= Math.min(this.#fileByteLength, this.#clusterEnd);
    const isTaken = head.id === ids.simpleBlock || head.id === ids.blockGroup || head.id === ids.timestamp;
    if (!isTaken || !isInside || head.byteLength > elementByteLengthLimit) {
      this.isLost = true;
      return undefined;
    }
    if (end > bytes.byteLength) {
      if (head.id === ids.simpleBlock && this.#isOther(bytes, body)) return end;
      this.neededByteLength = end - offset;
      return undefined;
    }
    const content = bytes.subarray(body, end);
    if (head.id === ids.timestamp) this.#clusterTicks = unsignedOf(content);
    else if (head.id === ids.simpleBlock) this.#take(content, 0);
    else this.#takeGroup(content);
    return end;
  }

  /** Pictures are passed over without being read to their end. */
  #isOther(bytes: Uint8Array, body: number): boolean {
    if (body + 11 > bytes.byteLength) return false;
    const block = readBlock(bytes.subarray(body, body + 11), -1);
    if (block === undefined || block.track === this.#wish.track) return false;
    this.#wish.onOther?.(this.#clusterTicks + block.relativeTicks);
    return true;
  }

  #takeGroup(content: Uint8Array): void {
    let block: Uint8Array | undefined;
    let discardSeconds = 0;
    for (const { id, body } of elementsOf(content)) {
      if (id === ids.block) block = body;
      if (id === ids.discardPadding) discardSeconds = Math.max(0, signedOf(body) / 1e9);
    }
    if (block !== undefined) this.#take(block, discardSeconds);
  }

  #take(content: Uint8Array, discardSeconds: number): void {
    const block = readBlock(content, this.#wish.track);
    if (block === undefined) return;
    const ticks = this.#clusterTicks + block.relativeTicks;
    if (block.track === this.#wish.track) this.blocks.push({ ticks, frames: block.frames, discardSeconds });
    else this.#wish.onOther?.(ticks);
  }
}

/** The next place where a cluster begins. */
export async function findCluster(read: RangeReader, from: number, limit: number): Promise<number | undefined> {
  for (let start = from; start + 8 < limit; start += searchByteLength) {
    const bytes = await read(start, Math.min(limit, start + searchByteLength + 32));
    for (let index = bytes.indexOf(0x1f); index >= 0; index = bytes.indexOf(0x1f, index + 1)) {
      if (startsCluster(bytes, index)) return start + index;
    }
    if (bytes.byteLength === 0) return undefined;
  }
  return undefined;
}

/** Its id, and behind its length one of the elements that stand first in it. */
function startsCluster(bytes: Uint8Array, offset: number): boolean {
  const isNamed = bytes[offset + 1] === 0x43 && bytes[offset + 2] === 0xb6 && bytes[offset + 3] === 0x75;
  const head = isNamed ? elementHeadAt(bytes, offset) : undefined;
  const first = head === undefined ? undefined : bytes[offset + head.headByteLength];
  return first === ids.timestamp || first === ids.checksum || first === ids.void || first === ids.previousSize;
}

/** When the cluster at a place begins. */
export async function clusterTicks(read: RangeReader, place: number): Promise<number | undefined> {
  const bytes = await read(place, place + 256);
  const head = elementHeadAt(bytes, 0);
  if (head === undefined) return undefined;
  for (const { id, body } of elementsOf(bytes.subarray(head.headByteLength))) {
    if (id === ids.timestamp) return unsignedOf(body);
  }
  return undefined;
}
