import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAsShipped } from '../../audio/support/buildAsShipped.js';

/** The audio worker as it ships, in a folder of its own, with room for recordings. */
export interface RealWorker {
  readonly folder: string;
  readonly workerUrl: URL;
  remove(): void;
}

export async function buildRealWorker(entry = 'src/host/audioWorkerMain.ts'): Promise<RealWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-worker-'));
  await buildAsShipped({ audioWorker: entry, 'replaceable/mpg123': 'mpg123-decoder' }, folder);
  mkdirSync(join(folder, 'replaceable'), { recursive: true });
  copyFileSync('node_modules/wasm-media-encoders/wasm/mp3.wasm', join(folder, 'replaceable', 'lame.wasm'));
  return {
    folder,
    workerUrl: pathToFileURL(join(folder, 'audioWorker.mjs')),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Only Linux says which files a process has open, those of its threads among them. */
export const canCountOpenFiles = existsSync('/proc/self/fd');

export function openFilesIn(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', descriptor));
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // It was closed meanwhile.
      return [];
    }
  });
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** @returns Whether it came true in time. */
export async function until(isTrue: () => boolean, milliseconds: number): Promise<boolean> {
  const startedAt = performance.now();
  while (!isTrue() && performance.now() - startedAt < milliseconds) await pause(5);
  return isTrue();
}
