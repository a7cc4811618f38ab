import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createWorkerEngine } from '../../../src/host/audioWorker.js';

const folder = mkdtempSync(join(tmpdir(), 'earshot-hung-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function aWorker(name: string, code: string): URL {
  const path = join(folder, name);
  writeFileSync(
    path,
    `import { parentPort } from 'node:worker_threads';\nparentPort.on('message', (ask) => { ${code} });\n`,
  );
  return pathToFileURL(path);
}

const source = { kind: 'bytes', name: 'damaged.m4a', bytes: new Uint8Array(8) } as const;

describe('a worker that shows no sign of life', () => {
  it('is ended, and whoever waits is told what to do', async () => {
    const workerUrl = aWorker('hung.mjs', "if (ask.type === 'probe') for (;;);");
    const engine = createWorkerEngine({ workerUrl, patienceMilliseconds: 600 });
    await expect(engine.probe(source)).rejects.toMatchObject({ reason: 'clip-unreadable' });
    await engine.dispose();
  });

  it('is not taken for one that works long and answers in between', async () => {
    const code = `if (ask.type === 'ping') parentPort.postMessage({ type: 'pong', id: 0 });
      else setTimeout(() => parentPort.postMessage({ type: 'sha256', id: ask.id, sha256: 'ab' }), 2000);`;
    const engine = createWorkerEngine({ workerUrl: aWorker('slow.mjs', code), patienceMilliseconds: 600 });
    expect(await engine.sha256(source)).toBe('ab');
    await engine.dispose();
  });

  it('is not taken for one while nobody listened, as when the machine slept', async () => {
    const code = `if (ask.type === 'ping') parentPort.postMessage({ type: 'pong', id: 0 });
      else setTimeout(() => parentPort.postMessage({ type: 'sha256', id: ask.id, sha256: 'ab' }), 1500);`;
    const engine = createWorkerEngine({ workerUrl: aWorker('awake.mjs', code), patienceMilliseconds: 300 });
    const sha256 = engine.sha256(source);
    await new Promise((resolve) => setTimeout(resolve, 200));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    expect(await sha256).toBe('ab');
    await engine.dispose();
  });
});
