import { cancelled } from '../../core/errors.js';
import type { EarshotError } from '../../core/errors.js';
import { speechSampleRate } from '../speechFormat.js';
import { describeEnd, deserializeError } from '../workerProtocol.js';
import type { EncoderLink } from './encoderLink.js';
import type { EncoderClientPort } from './encoderProtocol.js';
import type { Encoding } from './soundEncoder.js';

/** Encoders in another thread. */
export interface RemoteEncoders {
  open(encoding: Encoding): EncoderLink;
  readonly openCount: number;
  /** The thread has ended: nothing more can be opened. */
  readonly hasEnded: boolean;
}

/** How far decoding may run ahead: enough that neither thread waits while a cut is chosen; 2 MB. */
const samplesAheadLimit = 32 * speechSampleRate;
/** A little more than the cutter hands on at a time. */
const messageSampleCount = 24_576;

export function connectEncoders(port: EncoderClientPort): RemoteEncoders {
  const links = new Map<number, RemoteLink>();
  let end: EarshotError | undefined;
  let lastId = 0;

  port.onMessage((answer) => {
    const link = links.get(answer.id);
    if (answer.type === 'encoded') link?.onEncoded(answer.samples, answer.sampleCount);
    else if (answer.type === 'file') link?.onFile(answer.bytes);
    else link?.fail(deserializeError(answer.error));
  });
  port.onEnd((error) => {
    // It ends once, though an error and the end of the thread may both be told.
    end ??= describeEnd('packs', error);
    for (const link of links.values()) link.fail(end);
  });

  return {
    get openCount() {
      return links.size;
    },
    get hasEnded() {
      return end !== undefined;
    },
    open(encoding) {
      const id = ++lastId;
      const link = new RemoteLink(id, port, () => links.delete(id));
      links.set(id, link);
      port.postMessage({ type: 'open', id, encoding }, []);
      return link;
    },
  };
}

interface Waiting<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: EarshotError) => void;
}

class RemoteLink implements EncoderLink {
  readonly #id: number;
  readonly #port: EncoderClientPort;
  readonly #onClose: () => void;
  readonly #files: Waiting<Uint8Array<ArrayBuffer>>[] = [];
  /**
   * Memory goes to and fro between the threads: of what one allocates and another frees, the allocator of the system
   * (glibc's arenas) keeps ever more for itself.
   */
  readonly #spare: Float32Array<ArrayBuffer>[] = [];
  #room: Waiting<void> | undefined;
  #samplesAhead = 0;
  #failure: EarshotError | undefined;

  constructor(id: number, port: EncoderClientPort, onClose: () => void) {
    this.#id = id;
    this.#port = port;
    this.#onClose = onClose;
  }

  async encode(samples: Float32Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    for (let start = 0; start < samples.length; start += messageSampleCount) {
      const part = samples.subarray(start, start + messageSampleCount);
      const copy = this.#spare.pop() ?? new Float32Array(messageSampleCount);
      copy.set(part);
      const ask = { type: 'encode', id: this.#id, samples: copy, sampleCount: part.length } as const;
      this.#port.postMessage(ask, [copy.buffer]);
    }
    this.#samplesAhead += samples.length;
    if (this.#samplesAhead <= samplesAheadLimit) return;
    await new Promise<void>((resolve, reject) => {
      this.#room = { resolve, reject };
    });
  }

  finish(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#port.postMessage({ type: 'finish', id: this.#id }, []);
    return new Promise((resolve, reject) => {
      this.#files.push({ resolve, reject });
    });
  }

  close(): void {
    this.#onClose();
    this.#port.postMessage({ type: 'close', id: this.#id }, []);
    this.fail(cancelled());
  }

  onEncoded(samples: Float32Array<ArrayBuffer>, sampleCount: number): void {
    this.#spare.push(samples);
    this.#samplesAhead -= sampleCount;
    if (this.#samplesAhead > samplesAheadLimit) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  onFile(bytes: Uint8Array<ArrayBuffer>): void {
    this.#files.shift()?.resolve(bytes);
  }

  fail(error: EarshotError): void {
    this.#failure ??= error;
    this.#room?.reject(this.#failure);
    this.#room = undefined;
    for (const { reject } of this.#files.splice(0)) reject(this.#failure);
  }
}
