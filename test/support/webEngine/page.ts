// The page's end of the engine in a web worker: bundled, served and called by test/e2e/webWorker.test.ts.
import type { Piece, PrepareOptions } from '../../../src/audio/engine.js';
import type { AudioAnswer, AudioAsk } from '../../../src/audio/workerProtocol.js';
import type { Probe } from '../../../src/core/clip.js';

/** A piece whose bytes can leave the browser. */
export type WebPiece = Omit<Piece, 'bytes'> & { readonly base64: string };

interface WebWorker {
  postMessage(message: AudioAsk): void;
  addEventListener(type: 'message', listener: (event: { readonly data: AudioAnswer | string }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}
declare const Worker: new (url: string, options: { readonly type: 'module' }) => WebWorker;

const worker = new Worker('/audioWorker.mjs', { type: 'module' });
interface Waiting {
  readonly resolve: (answer: AudioAnswer) => void;
  readonly reject: (error: Error) => void;
}
const waiting = new Map<number, Waiting>();
let lastId = 0;
worker.addEventListener('message', ({ data }) => {
  if (typeof data !== 'string') waiting.get(data.id)?.resolve(data);
});
worker.addEventListener('error', ({ message = 'it could not be loaded' }) => {
  for (const { reject } of waiting.values()) reject(new Error(`The worker failed: ${message}`));
});

async function ask(message: AudioAsk): Promise<AudioAnswer> {
  const answer = await new Promise<AudioAnswer>((resolve, reject) => {
    waiting.set(message.id, { resolve, reject });
    worker.postMessage(message);
  });
  if (answer.type === 'error') throw new Error(answer.error.message);
  return answer;
}

async function sourceOf(name: string): Promise<{ kind: 'bytes'; name: string; bytes: Uint8Array }> {
  const response = await fetch(`/recordings/${name}`);
  return { kind: 'bytes', name, bytes: new Uint8Array(await response.arrayBuffer()) };
}

const page = {
  async probe(name: string): Promise<Probe> {
    const answer = await ask({ type: 'probe', id: ++lastId, source: await sourceOf(name) });
    if (answer.type !== 'probe') throw new Error(answer.type);
    return answer.probe;
  },
  async sha256(name: string): Promise<string> {
    const answer = await ask({ type: 'sha256', id: ++lastId, source: await sourceOf(name) });
    if (answer.type !== 'sha256') throw new Error(answer.type);
    return answer.sha256;
  },
  async prepare(name: string, options: PrepareOptions): Promise<WebPiece[]> {
    const id = ++lastId;
    const pieces: WebPiece[] = [];
    worker.postMessage({ type: 'prepare', id, source: await sourceOf(name), options });
    for (;;) {
      const answer = await ask({ type: 'next', id });
      if (answer.type !== 'piece') return pieces;
      const { bytes, ...piece } = answer.piece;
      pieces.push({ ...piece, base64: base64Of(bytes) });
    }
  },
  /** What became of making code from text in another worker of this page. */
  makeCodeFromText(url: string): Promise<string> {
    return new Promise((resolve) => {
      const other = new Worker(url, { type: 'module' });
      other.addEventListener('message', ({ data }) => {
        resolve(typeof data === 'string' ? data : data.type);
      });
      other.addEventListener('error', ({ message = '' }) => {
        resolve(`failed: ${message}`);
      });
    });
  },
};

function base64Of(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.byteLength; start += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + 8192)));
  }
  return btoa(parts.join(''));
}

declare global {
  var engine: typeof page;
}
globalThis.engine = page;
