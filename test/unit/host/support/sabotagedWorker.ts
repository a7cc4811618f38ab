import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import '../../../../src/host/audioWorkerMain.js';
import type { AudioWorkerData } from '../../../../src/host/audioWorkerMain.js';

/**
 * The audio worker as it ships, and something that goes wrong in it for real: which thread and how is read from a file at
 * every message, so that the next call may go well.
 */
export interface Sabotage {
  readonly role: 'engine' | 'encoder' | 'none';
  readonly how: 'exit' | 'throw' | 'trap' | 'memory';
}

const { role = 'engine' } = (workerData ?? {}) as AudioWorkerData;

/** `unreachable`, in a function that is called when the module is instantiated. */
const trap = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 8, 1, 0, 0x0a, 5, 1, 3, 0, 0, 0x0b],
]);

const harm: Readonly<Record<Sabotage['how'], () => void>> = {
  exit: () => {
    process.exit(7);
  },
  throw: () => {
    throw new TypeError('Broken on purpose.');
  },
  trap: () => {
    new WebAssembly.Instance(new WebAssembly.Module(trap));
  },
  memory: () => {
    const hoard: unknown[] = [];
    for (;;) hoard.push({ hoard: [...hoard.slice(-100)] });
  },
};

// Imported as a whole, the worker has run when this code does: it hears every message first.
parentPort?.on('message', () => {
  const path = process.env['EARSHOT_SABOTAGE'];
  if (path === undefined) return;
  const sabotage = JSON.parse(readFileSync(path, 'utf8')) as Sabotage;
  if (sabotage.role === role) harm[sabotage.how]();
});
