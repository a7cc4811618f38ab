import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { AudioSource } from '../audio/engine.js';
import type { PcmBlock, PcmProblem, PcmStream, PcmWish } from '../audio/pcmReader.js';
import { speechSampleRate } from '../audio/speechFormat.js';
import { cancelled, EarshotError, throwIfCancelled } from '../core/errors.js';

/** `auto`: on PATH if it is there; `off`: never; anything else is the path of the program. */
export type FfmpegChoice = string;

const complaintLimit = 2000;
const sampleByteLength = 2;

/** @returns The program's path, or undefined when it is not there or not wanted. */
export async function findFfmpeg(choice: FfmpegChoice): Promise<string | undefined> {
  if (choice === 'off') return undefined;
  const isAuto = choice === 'auto' || choice === '';
  // A relative path would depend on the folder that happens to be open, and let a workspace choose the program.
  if (!isAuto) return isAbsolute(choice) && (await isProgram(choice)) ? choice : undefined;
  const names = process.platform === 'win32' ? ['ffmpeg.exe'] : ['ffmpeg'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of folders) {
    for (const name of names) {
      if (await isProgram(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: either way nothing we can use.
    return false;
  }
}

/** Decodes with ffmpeg to 16 kHz, through a pipe: what it says is checked as any other recording is. */
export async function openWithFfmpeg(
  program: string,
  source: AudioSource,
  wish: PcmWish,
  signal: AbortSignal | undefined,
): Promise<PcmStream> {
  throwIfCancelled(signal);
  const channelCount = wish.mono === true ? 1 : 2;
  const child = spawn(program, ffmpegArguments(source, wish, channelCount), {
    shell: false,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const run = new FfmpegRun(child, source, signal);
  await run.started;
  const problems: PcmProblem[] = [];
  return { sampleRate: speechSampleRate, channelCount, blocks: run.blocks(channelCount, wish, problems), problems };
}

function ffmpegArguments(source: AudioSource, wish: PcmWish, channelCount: number): string[] {
  const { range } = wish;
  // `file:` keeps a name with a colon from being taken for a protocol; the list keeps playlists off the network. MP4 has
  // its tables at the end as often as not: without `cache:`, ffmpeg could not go back from there in what comes by a pipe.
  const input = source.kind === 'file' ? `file:${source.path}` : 'cache:pipe:0';
  const from = range === undefined ? [] : ['-ss', range.startSeconds.toFixed(6)];
  const length = range === undefined ? [] : ['-t', (range.endSeconds - range.startSeconds).toFixed(6)];
  return [
    ...[
      '-nostdin',
      '-hide_banner',
      '-loglevel',
      'error',
      '-protocol_whitelist',
      'file,pipe,cache',
      ...from,
      '-i',
      input,
    ],
    ...[...length, '-map', '0:a:0', '-vn', '-sn', '-dn', '-ac', String(channelCount), '-ar', String(speechSampleRate)],
    ...['-f', 's16le', 'pipe:1'],
  ];
}

class FfmpegRun {
  /** Rejects when the program cannot be started at all. */
  readonly started: Promise<void>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #source: AudioSource;
  readonly #signal: AbortSignal | undefined;
  readonly #exited: Promise<number>;
  readonly #onAbort = (): void => {
    this.#child.kill('SIGKILL');
  };
  #complaints = '';

  constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    source: AudioSource,
    signal: AbortSignal | undefined,
  ) {
    this.#child = child;
    this.#source = source;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-complaintLimit);
    });
    this.#exited = new Promise((resolve) => {
      child.on('close', (code) => {
        signal?.removeEventListener('abort', this.#onAbort);
        resolve(code ?? 1);
      });
    });
    this.started = new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        const next = 'Correct its path in the settings, or set it to "off".';
        reject(
          new EarshotError('program-missing', `ffmpeg could not be started: ${error.message}. ${next}`, {
            cause: error,
          }),
        );
      });
    });
    // A program that has seen enough closes the pipe; its exit code tells what matters.
    child.stdin.on('error', () => undefined);
    child.stdin.end(source.kind === 'bytes' ? source.bytes : undefined);
  }

  async *blocks(channelCount: number, wish: PcmWish, problems: PcmProblem[]): AsyncGenerator<PcmBlock> {
    const frameByteLength = channelCount * sampleByteLength;
    let rest = new Uint8Array(0);
    let frames = 0;
    try {
      for await (const chunk of this.#child.stdout as AsyncIterable<Buffer>) {
        throwIfCancelled(this.#signal);
        const bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
        const count = Math.floor(bytes.byteLength / frameByteLength);
        rest = Uint8Array.from(bytes.subarray(count * frameByteLength));
        frames += count;
        if (count > 0) yield { channels: deinterleave(bytes, count, channelCount) };
      }
      const code = await this.#exited;
      if (this.#signal?.aborted === true) throw cancelled();
      if (frames === 0) throw this.#nothingHeard();
      if (code !== 0 || this.#complaints !== '') {
        const atSeconds = (wish.range?.startSeconds ?? 0) + frames / speechSampleRate;
        problems.push({ atSeconds, message: `ffmpeg says: ${this.#complaint()}`, isEnd: code !== 0 });
      }
    } catch (error) {
      // The pipe breaks when the program is killed.
      throwIfCancelled(this.#signal);
      throw error;
    } finally {
      this.#child.kill('SIGKILL');
    }
  }

  #nothingHeard(): EarshotError {
    const why = this.#complaint();
    return new EarshotError(
      'clip-unreadable',
      `${this.#source.name} cannot be decoded, not by ffmpeg either${why === '' ? '' : ` (${why})`}. It may be damaged: copy or download it again.`,
      { detail: this.#complaints },
    );
  }

  /** The last thing it said, without paths. */
  #complaint(): string {
    const last = this.#complaints.trim().split('\n').at(-1) ?? '';
    return this.#source.kind === 'file' ? last.replaceAll(this.#source.path, this.#source.name) : last;
  }
}

function deinterleave(bytes: Uint8Array, frames: number, channelCount: number): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: channelCount }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let frame = 0, offset = channel * sampleByteLength; frame < frames; frame++) {
      samples[frame] = view.getInt16(offset, true) / 32_768;
      offset += channelCount * sampleByteLength;
    }
    return samples;
  });
}
