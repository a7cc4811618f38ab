import type { OggPage } from './oggPages.js';

/** No codec of sound has longer ones; pictures among the comments may be this long. */
const packetByteLengthLimit = 16 << 20;

export interface PagePackets {
  readonly packets: readonly Uint8Array[];
  /** Something before or within these packets is missing. */
  readonly isAfterLoss: boolean;
}

/** Puts the packets of one logical bitstream together again; a packet may run over many pages. */
export class OggPackets {
  #open: Uint8Array[] = [];
  #openByteLength = 0;
  #nextSequence: number | undefined;

  push(page: OggPage): PagePackets {
    const isAfterLoss = this.#nextSequence !== undefined && page.sequence !== this.#nextSequence;
    this.#nextSequence = (page.sequence + 1) >>> 0;
    if (isAfterLoss || !page.isContinued) this.#drop();
    let isSkipping = page.isContinued && this.#open.length === 0;
    const packets: Uint8Array[] = [];
    let start = 0;
    let end = 0;
    for (const length of page.lacing) {
      end += length;
      if (length === 255) continue;
      if (!isSkipping) packets.push(this.#close(page.body.subarray(start, end)));
      isSkipping = false;
      start = end;
    }
    if (start < end && !isSkipping) {
      this.#openByteLength += end - start;
      if (this.#openByteLength > packetByteLengthLimit) this.#drop();
      else this.#open.push(page.body.subarray(start, end));
    }
    return { packets, isAfterLoss };
  }

  #close(last: Uint8Array): Uint8Array {
    if (this.#open.length === 0) return last;
    const packet = new Uint8Array(this.#openByteLength + last.byteLength);
    let length = 0;
    for (const part of [...this.#open, last]) {
      packet.set(part, length);
      length += part.byteLength;
    }
    this.#drop();
    return packet;
  }

  #drop(): void {
    this.#open = [];
    this.#openByteLength = 0;
  }
}
