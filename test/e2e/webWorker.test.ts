import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import type { PrepareOptions } from '../../src/audio/engine.js';
import type { Probe } from '../../src/core/clip.js';
import { makeSound } from '../unit/audio/support/ffmpeg.js';
import { aBytesSource, bytesEngine, piecesOf } from '../unit/audio/support/sources.js';
import { codecsIn } from '../support/bundledCodecs.js';
import type { WebPiece } from '../support/webEngine/page.js';

// The same engine without Node: a module worker of a page whose policy allows WebAssembly, and no code made from text.

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const require = createRequire(import.meta.url);
const { host, replaceable } = require('../../esbuild.js') as {
  readonly host: BuildOptions;
  readonly replaceable: { readonly entry: Record<string, string>; readonly files: Record<string, string> };
};

const seconds = 8;
const recordings: Readonly<Record<string, readonly string[]>> = {
  'studio.wav': [],
  'song.mp3': ['-b:a', '128k'],
  'memo.m4a': ['-c:a', 'aac', '-b:a', '128k'],
  'lossless.m4a': ['-c:a', 'alac'],
  'disc.flac': [],
  'voice.opus': ['-c:a', 'libopus', '-b:a', '48k'],
  'talk.ogg': ['-c:a', 'libvorbis'],
  'browser.webm': ['-c:a', 'libopus', '-b:a', '48k', '-live', '1'],
};

const ways: readonly (readonly [way: string, options: PrepareOptions])[] = [
  ['16 kHz WAV', { formats: ['wav'], speechWav: true, maxSeconds: 5 }],
  ['MP3', { formats: ['mp3'], maxSeconds: 5 }],
  ['Opus', { formats: ['ogg'], maxSeconds: 5 }],
  ['FLAC', { formats: ['flac'], maxSeconds: 5 }],
];

describe('the engine in a web worker under a strict policy', () => {
  const files = new Map<string, Uint8Array>();
  let folder: string;
  let bundled: Metafile;
  let requests: string[] = [];
  const complaints: string[] = [];
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-web-'));
    bundled = await bundleForTheWeb(folder);
    for (const [name, args] of Object.entries(recordings)) files.set(name, makeSound(name, args, seconds));
    server = createServer(({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://localhost');
      requests.push(pathname);
      const body = contentOf(pathname);
      response.writeHead(body === undefined ? 404 : 200, {
        'content-security-policy': policy,
        'content-type': contentTypes[extname(pathname)] ?? 'text/html',
      });
      response.end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    browser = await launchBrowser();
    page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  beforeEach(async () => {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'engine' in globalThis);
    requests = [];
  });

  afterAll(async () => {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function contentOf(pathname: string): Uint8Array | string | undefined {
    if (pathname === '/') return '<!doctype html><script type="module" src="/page.mjs"></script>';
    if (pathname.startsWith('/recordings/')) return files.get(pathname.slice('/recordings/'.length));
    try {
      return readFileSync(join(folder, pathname));
    } catch {
      return undefined;
    }
  }

  const probe = (name: string): Promise<Probe> => page.evaluate((each) => engine.probe(each), name);
  const prepare = (name: string, options: PrepareOptions): Promise<WebPiece[]> =>
    page.evaluate(([each, wish]) => engine.prepare(each, wish), [name, options] as const);

  it('makes no code from text: the policy forbids it in the worker too', async () => {
    expect(await page.evaluate(() => engine.makeCodeFromText('/makeCodeFromText.mjs'))).toBe('EvalError');
    // The browser complains of what this test did; of the engine it must not.
    complaints.length = 0;
  });

  it.each(Object.keys(recordings))('says the same of %s as in Node', async (name) => {
    const bytes = files.get(name) ?? new Uint8Array();
    expect(await probe(name)).toEqual(await bytesEngine.probe(aBytesSource(bytes, name)));
    const digest = await page.evaluate((each) => engine.sha256(each), name);
    expect(digest).toBe(await bytesEngine.sha256(aBytesSource(bytes, name)));
    expect(complaints).toEqual([]);
  });

  describe.each(Object.keys(recordings))('%s', (name) => {
    it.each(ways)('becomes the same %s, byte for byte', async (_way, options) => {
      const expected = await piecesOf(files.get(name) ?? new Uint8Array(), options, name);
      expect(expected.length).toBeGreaterThan(1);
      const pieces = await prepare(name, options);
      expect(pieces).toHaveLength(expected.length);
      expected.forEach(({ bytes, ...piece }, index) => {
        const { base64, ...other } = pieces[index] ?? { base64: '' };
        expect(other).toEqual(piece);
        expect(Buffer.compare(Buffer.from(base64, 'base64'), bytes), `piece ${index}`).toBe(0);
      });
      expect(complaints).toEqual([]);
    });
  });

  it('tells that a recording cannot be read, as in Node', async () => {
    files.set(
      'noise.bin',
      Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251),
    );
    const message = await page.evaluate(() => engine.probe('noise.bin').catch((error: unknown) => String(error)));
    expect(message).toContain('noise.bin');
  });

  it('loads a decoder only when its codec appears', async () => {
    const loaded = (): string[] => codecsIn(requests, bundled);
    await probe('studio.wav');
    expect(loaded()).toEqual([]);
    await prepare('studio.wav', { formats: ['wav'], speechWav: true });
    expect(loaded()).toEqual([]);
    await probe('song.mp3');
    await probe('disc.flac');
    expect(loaded()).toEqual([]);
    await prepare('disc.flac', { formats: ['wav'], speechWav: true });
    const [flac, layer3, aac] = ['flac', 'layer3', 'aac'].map((name) => `src/audio/codecs/${name}`);
    expect(loaded()).toEqual([flac]);
    await prepare('song.mp3', { formats: ['wav'], speechWav: true });
    expect(loaded()).toEqual([flac, layer3]);
    await prepare('memo.m4a', { formats: ['mp3'] });
    expect(loaded()).toEqual(['lame.wasm', aac, flac, layer3, 'wasm-media-encoders']);
  });
});

const contentTypes: Readonly<Record<string, string>> = { '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** As the build does it for Node, except for what only Node has; the page is the other end of the worker. */
async function bundleForTheWeb(folder: string): Promise<Metafile> {
  const web: BuildOptions = {
    ...host,
    banner: {},
    outdir: folder,
    platform: 'browser',
    target: 'chrome130',
    logLevel: 'warning',
  };
  const { metafile } = await build({
    ...web,
    metafile: true,
    entryPoints: { audioWorker: 'src/host/webAudioWorkerMain.ts', ...replaceable.entry },
    // libopus-wasm asks for it only where it finds Node.
    external: ['node:module'],
  });
  await build({
    ...web,
    entryPoints: ['test/support/webEngine/page.ts', 'test/support/webEngine/makeCodeFromText.ts'],
  });
  for (const [name, path] of Object.entries(replaceable.files)) cpSync(path, join(folder, name));
  return metafile;
}
