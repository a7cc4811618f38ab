import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { AudioEngine, AudioSource, Piece, PrepareOptions } from '../audio/engine.js';
import { release } from '../audio/encoders/pieceMemory.js';
import { describeEnd, deserializeError } from '../audio/workerProtocol.js';
import type { AudioAnswer, AudioAsk } from '../audio/workerProtocol.js';
import type { AudioWorkerData } from './audioWorkerMain.js';
import type { FfmpegChoice } from './ffmpeg.js';
import { cancelled, EarshotError, throwIfCancelled, toEarshotError } from '../core/errors.js';

export interface WorkerEngineOptions {
  /** The bundled entry, for example `new URL('./audioWorker.mjs', import.meta.url)`. */
  readonly workerUrl: URL;
  /** How long an idle worker is kept. */
  readonly idleMilliseconds?: number;
  /** For JavaScript objects; samples lie outside of the heap, in buffers of fixed size. */
  readonly heapMegabytes?: number;
  /** `auto`, `off` or a path, asked whenever a worker starts; a change takes effect once the running one is idle. */
  readonly ffmpeg?: () => FfmpegChoice;
  /** How long a worker at work may be silent before it is taken for hung. */
  readonly patienceMilliseconds?: number;
  /** With more than one, encoding has a thread of its own. Default: the machine's. */
  readonly coreCount?: number;
}

/** The engine in a thread of its own: started by the first call, shared by all, stopped when idle. */
export interface WorkerEngine extends AudioEngine {
  /** Ends the thread; calls that are under way are cancelled, and no new ones are taken. */
  dispose(): Promise<void>;
}

export function createWorkerEngine(options: WorkerEngineOptions): WorkerEngine {
  const { idleMilliseconds = 30_000, ffmpeg = () => 'auto' } = options;
  let current: WorkerLife | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  let isDisposed = false;
  let lastId = 0;
  const tidyUpAfter = createTidying();

  function begin(): { life: WorkerLife; id: number } {
    if (isDisposed) throw cancelled();
    clearTimeout(idleTimer);
    const choice = ffmpeg();
    const isOutdated = current?.ffmpeg !== choice && current?.isBusy === false;
    if (current === undefined || current.hasEnded || isOutdated) {
      void current?.stop();
      current = new WorkerLife(options, choice);
    }
    const id = ++lastId;
    current.beginCall(id);
    return { life: current, id };
  }

  function finish(life: WorkerLife, id: number): void {
    life.endCall(id);
    if (life !== current || life.isBusy) return;
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => void life.stop(), idleMilliseconds).unref();
  }

  /** Asks once and is answered once. */
  async function call<Kind extends 'probe' | 'sha256' | 'plan' | 'analyse' | 'isSilent'>(
    ask: DistributiveOmit<AudioAsk & { readonly type: Kind }, 'id'>,
    signal: AbortSignal | undefined,
  ): Promise<AudioAnswer & { readonly type: Kind }> {
    throwIfCancelled(signal);
    const { life, id } = begin();
    try {
      const answer = await life.ask({ ...ask, id }, signal);
      if (!isOfKind(answer, ask.type)) throw new Error(`The audio worker answered with "${answer.type}".`);
      return answer;
    } finally {
      if (signal?.aborted === true) life.tell({ type: 'cancel', id });
      finish(life, id);
    }
  }

  async function* prepare(source: AudioSource, options: PrepareOptions, signal?: AbortSignal): AsyncGenerator<Piece> {
    throwIfCancelled(signal);
    const { life, id } = begin();
    try {
      life.tell({ type: 'prepare', id, source, options });
      for (;;) {
        const answer = await life.ask({ type: 'next', id }, signal);
        if (answer.type !== 'piece') return;
        yield answer.piece;
        tidyUpAfter(answer.piece);
      }
    } finally {
      // After the last piece the worker has forgotten the call; before it, this is what closes the file.
      life.tell({ type: 'cancel', id });
      finish(life, id);
    }
  }

  return {
    probe: async (source, signal) => (await call<'probe'>({ type: 'probe', source }, signal)).probe,
    sha256: async (source, signal) => (await call<'sha256'>({ type: 'sha256', source }, signal)).sha256,
    plan: async (source, options, signal) => (await call<'plan'>({ type: 'plan', source, options }, signal)).plan,
    analyse: async (source, options = {}, signal) =>
      (await call<'analyse'>({ type: 'analyse', source, options }, signal)).analysis,
    isSilent: async (source, options = {}, signal) =>
      (await call<'isSilent'>({ type: 'isSilent', source, options }, signal)).isSilent,
    prepare,
    async dispose() {
      isDisposed = true;
      clearTimeout(idleTimer);
      await current?.stop();
    },
  };
}

/** What makes V8 look for memory of others that is no longer used (kExternalAllocationSoftLimit); nothing is written there. */
const externalMemoryStep = 64 << 20;
/** So much may lie about. */
const untidyByteLength = 16 << 20;

/**
 * Memory that came from the worker is freed by this thread's garbage collection, which would not look for it before there
 * are 64 MB of it: it is made to look earlier, so that a long recording takes no more than a short one, but not after
 * every piece, since looking takes some 20 ms.
 */
function createTidying(): (piece: Piece) => void {
  let byteLength = 0;
  return ({ bytes }) => {
    byteLength += bytes.byteLength;
    if (byteLength < untidyByteLength) return;
    byteLength = 0;
    release(new ArrayBuffer(externalMemoryStep));
  };
}

interface Waiting {
  readonly resolve: (answer: AudioAnswer) => void;
  readonly reject: (error: EarshotError) => void;
}

/** So many go by without an answer before a worker is taken for hung. */
const silentCheckLimit = 6;

/** One life of the worker. When it ends, whoever waits for it is told, and the next call starts another. */
class WorkerLife {
  readonly ffmpeg: FfmpegChoice;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** Calls that are not finished, whether or not anyone waits for an answer just now. */
  readonly #calls = new Set<number>();
  readonly #watch: NodeJS.Timeout;
  /** How often it was asked for a sign of life since the last one. */
  #silentChecks = 0;
  #end: EarshotError | undefined;

  constructor(options: WorkerEngineOptions, ffmpeg: FfmpegChoice) {
    const {
      workerUrl,
      heapMegabytes = 512,
      coreCount = availableParallelism(),
      patienceMilliseconds = 30_000,
    } = options;
    this.ffmpeg = ffmpeg;
    // Far above what the engine needs: V8 may end the whole process, not just the thread, when one allocation jumps over the limit.
    const resourceLimits = { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 8 };
    const workerData: AudioWorkerData = { role: 'engine', ffmpeg, coreCount };
    this.#worker = new Worker(workerUrl, { execArgv: [], resourceLimits, workerData });
    this.#worker.on('message', (answer: AudioAnswer) => {
      this.#silentChecks = 0;
      if (answer.type !== 'pong') this.#waiting.get(answer.id)?.resolve(answer);
    });
    this.#watch = setInterval(() => {
      this.#lookAfter();
    }, patienceMilliseconds / silentCheckLimit).unref();
    this.#worker.on('error', (error) => {
      this.#finish(describeEnd('reads', error));
    });
    this.#worker.on('messageerror', (error) => {
      this.#finish(describeEnd('reads', error));
      void this.#worker.terminate();
    });
    this.#worker.on('exit', (code) => {
      this.#finish(describeEnd('reads', new Error(`The worker ended with code ${code}.`)));
    });
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  get isBusy(): boolean {
    return this.#calls.size > 0;
  }

  /** A damaged file may send a reader round in circles; nothing but ending the thread helps then. */
  #lookAfter(): void {
    if (!this.isBusy || this.hasEnded) return;
    // Checks are counted, not seconds: a thread that was busy itself, or a machine that slept, has not listened meanwhile.
    if (this.#silentChecks++ >= silentCheckLimit) {
      this.#finish(
        new EarshotError(
          'clip-unreadable',
          'Reading the recording got stuck, most likely because the file is damaged. Convert it to another format, or use another copy.',
        ),
      );
      void this.#worker.terminate();
      return;
    }
    this.tell({ type: 'ping', id: 0 });
  }

  beginCall(id: number): void {
    if (!this.isBusy) this.#silentChecks = 0;
    this.#calls.add(id);
    this.#worker.ref();
  }

  /** An idle worker does not keep the process alive. */
  endCall(id: number): void {
    this.#calls.delete(id);
    if (!this.isBusy) this.#worker.unref();
  }

  tell(message: AudioAsk): void {
    if (this.#end !== undefined) return;
    try {
      this.#worker.postMessage(message);
    } catch (error) {
      // Such as bytes that have been handed over to someone else.
      throw toEarshotError(error);
    }
  }

  /** Rejects at the abort itself: when the worker hears of it is of no matter to the caller. */
  async ask(message: AudioAsk, signal: AbortSignal | undefined): Promise<AudioAnswer> {
    throwIfCancelled(signal);
    if (this.#end !== undefined) throw this.#end;
    let onAbort: (() => void) | undefined;
    try {
      const answer = await new Promise<AudioAnswer>((resolve, reject) => {
        onAbort = () => {
          reject(cancelled());
        };
        signal?.addEventListener('abort', onAbort);
        this.#waiting.set(message.id, { resolve, reject });
        this.tell(message);
      });
      if (answer.type === 'error') throw deserializeError(answer.error);
      return answer;
    } finally {
      this.#waiting.delete(message.id);
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    }
  }

  async stop(): Promise<void> {
    this.#finish(cancelled());
    await this.#worker.terminate();
  }

  #finish(error: EarshotError): void {
    clearInterval(this.#watch);
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

function isOfKind<Kind extends AudioAnswer['type']>(
  answer: AudioAnswer,
  kind: Kind,
): answer is AudioAnswer & { readonly type: Kind } {
  return answer.type === kind;
}
