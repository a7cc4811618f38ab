import type { AudioEngine, AudioSource, Piece } from '../../audio/engine.js';
import { isCancelled } from '../../core/errors.js';
import type { PieceRequest, PlayerPiece } from '../../protocol/player.js';

/** How long the engine is kept ready to go on where it stopped. */
const idleMilliseconds = 20_000;
const toleranceSeconds = 1e-4;

/**
 * The sound of one recording for a view, piece by piece. One run at a time is decoded, no further than it is asked for, and
 * let go of when nobody asks for a while: the next piece then comes from a run that begins where it ended.
 */
export class PieceRun {
  readonly #engine: AudioEngine;
  readonly #source: AudioSource;
  #run: { readonly number: number; readonly pieces: AsyncIterator<Piece>; readonly abort: AbortController } | undefined;
  #endSeconds = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(engine: AudioEngine, source: AudioSource) {
    this.#engine = engine;
    this.#source = source;
  }

  /** @throws EarshotError as `AudioEngine.prepare` does; `cancelled` when another run began meanwhile. */
  async next({ run, startSeconds }: Pick<PieceRequest, 'run' | 'startSeconds'>): Promise<PlayerPiece> {
    clearTimeout(this.#idleTimer);
    const goesOn = this.#run?.number === run && Math.abs(startSeconds - this.#endSeconds) < toleranceSeconds;
    if (!goesOn) this.#begin(run, startSeconds);
    const current = this.#run;
    if (current === undefined) return undefined;
    try {
      const result = await current.pieces.next();
      if (current.abort.signal.aborted || result.done === true) return undefined;
      const { bytes, startSeconds: from, endSeconds, problems } = result.value;
      this.#endSeconds = endSeconds;
      const problem = problems?.[0]?.message;
      return { bytes, startSeconds: from, endSeconds, ...(problem === undefined ? {} : { problem }) };
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    } finally {
      if (this.#run === current) {
        clearTimeout(this.#idleTimer);
        this.#idleTimer = setTimeout(() => {
          this.close();
        }, idleMilliseconds);
      }
    }
  }

  close(): void {
    clearTimeout(this.#idleTimer);
    const last = this.#run;
    this.#run = undefined;
    last?.abort.abort();
    // Between two pieces nothing runs that could hear the signal.
    void last?.pieces.return?.().catch(() => undefined);
  }

  #begin(number: number, startSeconds: number): void {
    this.close();
    const abort = new AbortController();
    const range = { startSeconds, endSeconds: Number.POSITIVE_INFINITY };
    const pieces = this.#engine.prepare(this.#source, { formats: [], playback: true, range }, abort.signal);
    this.#run = { number, pieces: pieces[Symbol.asyncIterator](), abort };
    this.#endSeconds = startSeconds;
  }
}
