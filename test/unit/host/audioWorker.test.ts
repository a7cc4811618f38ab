import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AudioSource } from '../../../src/audio/engine.js';
import { createWorkerEngine } from '../../../src/host/audioWorker.js';
import type { WorkerEngine } from '../../../src/host/audioWorker.js';
import { ffmpegNote, hasFfmpeg, runFfmpeg } from '../audio/support/ffmpeg.js';
import { tone } from '../audio/support/signals.js';
import { collect, errorOf } from '../audio/support/sources.js';
import { pcm16, samplesOf, wavFile } from '../audio/support/wavFiles.js';

const wav = { formats: ['wav'] } as const;
let folder: string;
let workerUrl: URL;
let engine: WorkerEngine | undefined;
let started: WorkerEngine[] = [];

function start(idleMilliseconds?: number, url = workerUrl): WorkerEngine {
  engine = createWorkerEngine({ workerUrl: url, ...(idleMilliseconds === undefined ? {} : { idleMilliseconds }) });
  started.push(engine);
  return engine;
}

function aFile(name: string, bytes: Uint8Array): AudioSource {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { kind: 'file', name, path };
}

/** Only its header takes room on the disk. */
function aSparseWav(name: string, dataByteLength: number): AudioSource {
  const options = { sampleRate: 48_000, channels: 2, declaredDataByteLength: dataByteLength };
  const source = aFile(name, wavFile(new Uint8Array(0), options));
  if (source.kind === 'file') truncateSync(source.path, 44 + dataByteLength);
  return source;
}

/** A worker of the test's own making in place of the real one. */
function aWorker(name: string, code: string): URL {
  writeFileSync(join(folder, name), code);
  return pathToFileURL(join(folder, name));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-audio-'));
  await build({
    entryPoints: { audioWorker: 'src/host/audioWorkerMain.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  mkdirSync(join(folder, 'replaceable'));
  copyFileSync('node_modules/wasm-media-encoders/wasm/mp3.wasm', join(folder, 'replaceable', 'lame.wasm'));
  workerUrl = pathToFileURL(join(folder, 'audioWorker.mjs'));
}, 30_000);

afterEach(async () => {
  await Promise.all(started.map((one) => one.dispose()));
  started = [];
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the audio worker', () => {
  it('probes, digests and prepares a file', async () => {
    const file = wavFile(pcm16(tone(440, 44_100, 1)), { sampleRate: 44_100 });
    const source = aFile('tone.wav', file);
    expect(await start().probe(source)).toMatchObject({ codec: 'pcm-s16', durationSeconds: 1, sampleRate: 44_100 });
    expect(await engine?.sha256(source)).toBe(createHash('sha256').update(file).digest('hex'));
    const pieces = await collect(start().prepare(source, wav));
    expect(pieces.map((piece) => samplesOf(piece.bytes).length)).toEqual([16_000]);
  });

  it('plans, analyses and tells silence across the thread', async () => {
    const source = aFile('tone2.wav', wavFile(pcm16(tone(440, 16_000, 3)), { sampleRate: 16_000 }));
    const quiet = aFile('quiet.wav', wavFile(pcm16(new Float32Array(16_000)), { sampleRate: 16_000 }));
    expect(await start().plan(source, wav)).toMatchObject({ way: 'as-it-is', reason: 'sent as it is' });
    const analysis = await engine?.analyse(source);
    expect(analysis).toMatchObject({ durationSeconds: 3, isEffectivelySilent: false, problems: [] });
    expect(analysis?.peaks[0]?.maximum).toBeInstanceOf(Int16Array);
    expect(analysis?.peaks[1]?.rms).toHaveLength(30);
    expect([await engine?.isSilent(source), await engine?.isSilent(quiet)]).toEqual([false, true]);
    const gone: AudioSource = { kind: 'file', name: 'gone.wav', path: join(folder, 'gone.wav') };
    expect((await errorOf(start().analyse(gone))).reason).toBe('clip-unreadable');
    const abort = new AbortController();
    const work = errorOf(start().analyse(aSparseWav('hours.wav', 2_000_000_000), {}, abort.signal));
    setTimeout(() => {
      abort.abort();
    }, 50);
    expect((await work).reason).toBe('cancelled');
  });

  it('reads from a web server in its own thread, where that is allowed', async () => {
    const bytes = wavFile(pcm16(tone(440, 16_000, 1)));
    const server = createServer((_request, response) => response.end(bytes));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tone.wav`;
    try {
      const source: AudioSource = { kind: 'url', name: 'tone.wav', url, allowsPrivate: true };
      expect(await start().probe(source)).toMatchObject({ container: 'wav', durationSeconds: 1 });
      expect(await engine?.sha256(source)).toBe(createHash('sha256').update(bytes).digest('hex'));
      const error = await errorOf(start().probe({ kind: 'url', name: 'tone.wav', url }));
      expect(error.message).toMatch(/in a private network or on this machine/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('takes bytes, and leaves them to the caller', async () => {
    const bytes = wavFile(pcm16(tone(440, 16_000, 1)));
    const pieces = await collect(start().prepare({ kind: 'bytes', name: 'memo', bytes }, wav));
    expect(pieces[0]?.bytes).toEqual(bytes);
    expect(bytes.byteLength).toBe(32_044);
  });

  it('reads containers with the library that is loaded on first use', async () => {
    const opus = Uint8Array.from(
      Buffer.from('OggS\0\x02' + '\0'.repeat(20) + '\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0', 'latin1'),
    );
    expect(await start().probe(aFile('call.ogg', opus))).toMatchObject({ container: 'ogg', codec: 'opus' });
  });

  it.each<[string, string, () => AudioSource]>([
    ['clip-empty', 'empty.wav is empty', () => aFile('empty.wav', new Uint8Array(0))],
    [
      'clip-unreadable',
      'gone.wav cannot be read: it is not there',
      () => ({ kind: 'file', name: 'gone.wav', path: join(folder, 'gone.wav') }),
    ],
    ['clip-unreadable', 'sounds is not a file', () => ({ kind: 'file', name: 'sounds', path: folder })],
    [
      'unsupported-media',
      'notes.wav holds text, not audio',
      () => aFile('notes.wav', new TextEncoder().encode('Dear all,')),
    ],
  ])('answers %s: %s', async (reason, message, source) => {
    const error = await errorOf(start().probe(source()));
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(message);
    const sameError = await errorOf(collect(start().prepare(source(), wav)));
    expect(sameError.message).toBe(error.message);
  });

  it('probes 3 GB in a moment and takes pieces from it in flat memory', { timeout: 60_000 }, async () => {
    const source = aSparseWav('huge.wav', 3_000_000_000);
    await start().probe(aSparseWav('small.wav', 1000));
    const startedAt = performance.now();
    expect((await engine?.probe(source))?.durationSeconds).toBe(15_625);
    expect(performance.now() - startedAt).toBeLessThan(200);
    const before = process.memoryUsage().rss;
    let largest = 0;
    const range = { startSeconds: 15_000, endSeconds: 15_600 };
    for await (const piece of start().prepare(source, { ...wav, maxSeconds: 60, range })) {
      expect(piece.bytes.byteLength).toBeLessThanOrEqual(60 * 32_000 + 44);
      largest = Math.max(largest, process.memoryUsage().rss);
    }
    expect(largest - before).toBeLessThan(150_000_000);
  });

  it('answers a cancel within 100 ms and goes on with the next call', async () => {
    const source = aSparseWav('long.wav', 2_000_000_000);
    const abort = new AbortController();
    const pieces = start().prepare(source, wav, abort.signal);
    const work = errorOf(collect(pieces));
    await pause(150);
    const startedAt = performance.now();
    abort.abort();
    expect((await work).reason).toBe('cancelled');
    expect(performance.now() - startedAt).toBeLessThan(100);
    // The worker itself has stopped too: nothing else could let it answer so soon.
    await engine?.probe(aSparseWav('next.wav', 1000));
    expect(performance.now() - startedAt).toBeLessThan(250);
    expect((await errorOf(start().probe(source, abort.signal))).reason).toBe('cancelled');
  });

  it('makes no piece ahead of the one asked for, and frees the file when the reader stops', async () => {
    const source = aSparseWav('pieces.wav', 400_000_000);
    for await (const piece of start().prepare(source, { ...wav, maxSeconds: 10 })) {
      expect(piece.endSeconds).toBeLessThanOrEqual(10);
      break;
    }
    expect((await engine?.probe(source))?.durationSeconds).toBeCloseTo(2083.3, 1);
  });

  it('runs several calls side by side', async () => {
    const slow = start().sha256(aSparseWav('slow.wav', 300_000_000));
    const quick = await engine?.probe(aSparseWav('quick.wav', 192_000));
    expect(quick?.durationSeconds).toBe(1);
    expect(await slow).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('encoding in a second thread', () => {
  it('makes the same pieces as one thread does', { timeout: 30_000 }, async () => {
    const source = aFile('speech.wav', wavFile(pcm16(tone(440, 16_000, 25))));
    const options = { formats: ['mp3'], maxSeconds: 10 } as const;
    const made = [];
    for (const coreCount of [1, 2]) {
      const one = createWorkerEngine({ workerUrl, coreCount });
      started.push(one);
      made.push(await collect(one.prepare(source, options)));
    }
    expect(made[0]).toHaveLength(3);
    expect(made[1]).toEqual(made[0]);
  });
});

describe.skipIf(!hasFfmpeg)(`what only ffmpeg reads${ffmpegNote}`, () => {
  const options = { formats: ['wav'], maxSeconds: 2 } as const;
  const aWma = (): AudioSource => {
    const path = join(folder, 'old.wma');
    runFfmpeg(['-f', 'lavfi', '-i', 'sine=440:d=5', '-c:a', 'wmav2', path]);
    return { kind: 'file', name: 'old.wma', path };
  };

  it('is decoded with it, from a file and from bytes', { timeout: 30_000 }, async () => {
    const file = aWma();
    const bytes = file.kind === 'file' ? new Uint8Array(readFileSync(file.path)) : new Uint8Array(0);
    for (const source of [file, { kind: 'bytes', name: 'old.wma', bytes } as const]) {
      const pieces = await collect(start().prepare(source, options));
      expect(pieces).toHaveLength(3);
      expect(pieces.at(-1)?.endSeconds).toBeCloseTo(5, 0);
    }
  });

  it('is refused with the next step when it is switched off', async () => {
    const off = createWorkerEngine({ workerUrl, ffmpeg: () => 'off' });
    started.push(off);
    const error = await errorOf(collect(off.prepare(aWma(), options)));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toContain('Install ffmpeg');
  });
});

describe('a worker that dies', () => {
  const dying = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ type, id }) => {
      if (type === 'probe') setTimeout(() => { throw new TypeError('Broken on purpose.'); }, 20);
      if (type === 'sha256') process.exit(3);
      if (type === 'next') parentPort.postMessage({ type: 'piece', id, piece: { bytes: new Uint8Array(1), format: 'wav', startSeconds: 0, endSeconds: 1 } });
    });`;
  const source: AudioSource = { kind: 'bytes', name: 'a.wav', bytes: new Uint8Array(1) };

  it('tells everyone who waits, with the cause for the log', async () => {
    const broken = start(undefined, aWorker('dying.mjs', dying));
    const errors = await Promise.all([errorOf(broken.probe(source)), errorOf(broken.probe(source))]);
    for (const error of errors) {
      expect(error.reason).toBe('bug');
      expect(error.message).toMatch(/stopped unexpectedly\. Try again\.$/);
      expect(error.detail).toContain('Broken on purpose.');
    }
    expect((await errorOf(broken.sha256(source))).detail).toContain('code 3');
  });

  it('tells the reader of pieces that the rest will not come', async () => {
    const broken = start(undefined, aWorker('dying.mjs', dying));
    const pieces = broken.prepare(source, wav)[Symbol.asyncIterator]();
    expect((await pieces.next()).done).toBe(false);
    await errorOf(broken.sha256(source));
    expect((await errorOf(pieces.next())).reason).toBe('bug');
  });

  it('is replaced by a new one for the next call', async () => {
    const flag = join(folder, `died-${randomBytes(4).toString('hex')}`);
    const once = aWorker(
      'once.mjs',
      `import { existsSync, writeFileSync } from 'node:fs';
       if (existsSync(${JSON.stringify(flag)})) await import(${JSON.stringify(workerUrl.href)});
       else { writeFileSync(${JSON.stringify(flag)}, ''); setTimeout(() => process.exit(1), 20); }`,
    );
    const wounded = start(undefined, once);
    const file = aSparseWav('again.wav', 192_000);
    expect((await errorOf(wounded.probe(file))).reason).toBe('bug');
    expect((await wounded.probe(file)).durationSeconds).toBe(1);
  });

  it('says so when it ran out of memory', async () => {
    const greedy = aWorker(
      'greedy.mjs',
      `import { parentPort } from 'node:worker_threads';
       let hoard;
       parentPort.on('message', () => { for (;;) hoard = { hoard }; });`,
    );
    const small = createWorkerEngine({ workerUrl: greedy, heapMegabytes: 16 });
    started.push(small);
    const error = await errorOf(small.probe(source));
    expect(error.reason).toBe('clip-unreadable');
    expect(error.message).toContain('memory');
  }, 60_000);

  it('says so when its file is missing', async () => {
    const error = await errorOf(start(undefined, pathToFileURL(join(folder, 'missing.mjs'))).probe(source));
    expect(error.reason).toBe('bug');
    expect(error.detail).toContain('missing.mjs');
  });
});

describe('the life of the worker', () => {
  const counting = `
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ type, id }) => {
      if (type === 'sha256') parentPort.postMessage({ type: 'sha256', id, sha256: String(threadId) });
    });`;
  const source: AudioSource = { kind: 'bytes', name: 'a.wav', bytes: new Uint8Array(1) };

  it('serves all calls until it has been idle for a while', async () => {
    const counted = start(60, aWorker('counting.mjs', counting));
    const first = await counted.sha256(source);
    await pause(30);
    expect(await counted.sha256(source)).toBe(first);
    await pause(250);
    expect(await counted.sha256(source)).not.toBe(first);
  });

  it('cancels what is under way when it is disposed of, and takes no more', async () => {
    const counted = start(1000, aWorker('counting.mjs', counting));
    const work = errorOf(counted.probe(source));
    await pause(20);
    await counted.dispose();
    expect((await work).reason).toBe('cancelled');
    expect((await errorOf(counted.sha256(source))).reason).toBe('cancelled');
  });
});
