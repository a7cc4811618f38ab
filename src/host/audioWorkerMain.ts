import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { LoadWasm } from '../audio/encoders/soundEncoder.js';

/** The entry of both audio threads: the one that reads and decodes, and the one that it starts to encode. */
if (parentPort === null) throw new Error('This file is the entry of a worker.');
const port = parentPort;

/** What the host tells a thread when it starts it. */
export interface AudioWorkerData {
  readonly role?: 'engine' | 'encoder';
  readonly ffmpeg?: string;
  /** Logical cores of the machine. */
  readonly coreCount?: number;
}

const modules = new Map<string, Promise<WebAssembly.Module>>();
const loadWasm: LoadWasm = (name) => {
  let module = modules.get(name);
  if (module === undefined) {
    // Under its own name, so that whoever wants to may put another build of it there.
    module = readFile(new URL(`./replaceable/${name}.wasm`, import.meta.url)).then(
      (bytes) => new WebAssembly.Module(bytes),
    );
    modules.set(name, module);
  }
  return module;
};

const { role = 'engine', ffmpeg = 'auto', coreCount = 1 } = (workerData ?? {}) as AudioWorkerData;
if (role === 'encoder') {
  const { serveEncoder } = await import('../audio/encoders/encoderServer.js');
  serveEncoder(
    {
      postMessage: (answer, transfer) => {
        port.postMessage(answer, transfer);
      },
      onMessage: (listener) => port.on('message', listener),
    },
    loadWasm,
  );
} else {
  const { serveNodeEngine } = await import('./audioWorkerEngine.js');
  serveNodeEngine(port, { loadWasm, ffmpeg, coreCount, encoderUrl: new URL(import.meta.url) });
}
