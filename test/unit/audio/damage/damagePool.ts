import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAsShipped } from '../support/buildAsShipped.js';
import type { DamageAnswer, DamageAsk, DamageWay } from './damageProtocol.js';

const mp3Wasm = createRequire(import.meta.url).resolve('wasm-media-encoders/wasm/mp3');

export interface DamageJob {
  readonly bytes: Uint8Array;
  readonly way: DamageWay;
}

/** Some processes that read damaged files. One that is silent for too long is killed, and the job told so. */
export class DamagePool {
  readonly #folder: string;
  readonly #entry: string;
  readonly #patienceMilliseconds: number;
  readonly #idle: Child[] = [];
  readonly #waiting: ((child: Child) => void)[] = [];
  #started = 0;
  readonly #size: number;

  private constructor(folder: string, size: number, patienceMilliseconds: number) {
    this.#folder = folder;
    this.#entry = join(folder, 'damageChild.mjs');
    this.#size = size;
    this.#patienceMilliseconds = patienceMilliseconds;
  }

  static async start(size: number, patienceMilliseconds: number): Promise<DamagePool> {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-damage-'));
    await buildAsShipped({ damageChild: join(import.meta.dirname, 'damageChild.ts') }, folder);
    return new DamagePool(folder, size, patienceMilliseconds);
  }

  async run(job: DamageJob): Promise<DamageAnswer> {
    const child = await this.#take();
    const answer = await child.ask(job, this.#patienceMilliseconds);
    this.#giveBack(child.hasEnded ? new Child(this.#entry) : child);
    return answer;
  }

  /** In a process that has done nothing before, so that its memory is that of this file alone. */
  async runAlone(job: DamageJob): Promise<DamageAnswer> {
    const child = new Child(this.#entry);
    const answer = await child.ask(job, this.#patienceMilliseconds);
    child.end();
    return answer;
  }

  close(): void {
    for (const child of this.#idle) child.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #take(): Promise<Child> {
    const child = this.#idle.pop();
    if (child !== undefined) return Promise.resolve(child);
    if (this.#started < this.#size) {
      this.#started++;
      return Promise.resolve(new Child(this.#entry));
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(child: Child): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(child);
    else next(child);
  }
}

class Child {
  readonly #process: ChildProcess;
  readonly #isReady: Promise<void>;
  hasEnded = false;

  constructor(entry: string) {
    this.#process = fork(entry, [mp3Wasm], { serialization: 'advanced', execArgv: ['--max-old-space-size=200'] });
    this.#isReady = new Promise((resolve) =>
      this.#process.once('message', () => {
        resolve();
      }),
    );
    this.#process.once('exit', () => {
      this.hasEnded = true;
    });
  }

  async ask({ bytes, way }: DamageJob, patienceMilliseconds: number): Promise<DamageAnswer> {
    await this.#isReady;
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<DamageAnswer>((resolve) => {
      const fail = (message: string): void => {
        this.hasEnded = true;
        resolve({ id: 1, printed: '', error: { reason: 'no answer', message } });
      };
      const onExit = (code: number | null, signal: string | null): void => {
        fail(`The process ended with ${code ?? signal ?? 'nothing'}.`);
      };
      timer = setTimeout(() => {
        this.#process.off('exit', onExit);
        this.#process.kill('SIGKILL');
        fail(`It hung for ${patienceMilliseconds} ms.`);
      }, patienceMilliseconds);
      this.#process.once('exit', onExit);
      this.#process.once('message', (message: DamageAnswer) => {
        this.#process.off('exit', onExit);
        resolve(message);
      });
      const ask: DamageAsk = { id: 1, bytes, way };
      this.#process.send(ask);
    });
    clearTimeout(timer);
    return answer;
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }
}
