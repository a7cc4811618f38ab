import { evictableUntil, planBuffering } from './bufferPlan.js';
import type { BufferState } from './bufferPlan.js';

/** A part of the sound as the host half gives it. */
export interface SoundPiece {
  readonly bytes: Uint8Array;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly problem?: string;
}

export interface StreamedSoundOptions {
  readonly audio: HTMLAudioElement;
  readonly mediaType: string;
  /** Absent: not known before all of it has been heard. */
  readonly durationSeconds?: number;
  readonly startSeconds: number;
  /** The next piece of a run from a place on; undefined behind the end. Rejections are reported and end the buffering. */
  readonly fetchPiece: (run: number, startSeconds: number) => Promise<SoundPiece | undefined>;
  readonly onProblem: (message: string) => void;
  readonly onFailure: (error: unknown) => void;
}

const seekTargetRoomSeconds = 0.02;

/**
 * One recording in an audio element, of which only what is about to be heard is fetched. The element is the caller's, and
 * may serve one recording after the other: browsers let an element sound that the user has started once.
 */
export class StreamedSound {
  readonly #options: StreamedSoundOptions;
  readonly #audio: HTMLAudioElement;
  readonly #media = new MediaSource();
  readonly #address: string;
  readonly #listening = new AbortController();
  #buffer: SourceBuffer | undefined;
  #run = 0;
  #reachesEnd = false;
  /** Where to be, until the element knows enough to be there. */
  #awaited: number | undefined;
  #isPumping = false;
  #hasFailed = false;
  #abandonFetch: (() => void) | undefined;

  constructor(options: StreamedSoundOptions) {
    this.#options = options;
    this.#audio = options.audio;
    this.#awaited = options.startSeconds;
    this.#address = URL.createObjectURL(this.#media);
    const { signal } = this.#listening;
    this.#media.addEventListener('sourceopen', this.#open, { signal, once: true });
    const pump = (): void => void this.#pump();
    for (const event of ['timeupdate', 'seeking', 'waiting', 'ratechange', 'play']) {
      this.#audio.addEventListener(event, pump, { signal });
    }
    this.#audio.addEventListener('loadedmetadata', this.#reachAwaited, { signal });
    this.#audio.addEventListener('error', this.#elementFailed, { signal });
    this.#audio.src = this.#address;
  }

  get positionSeconds(): number {
    return this.#awaited ?? this.#audio.currentTime;
  }

  /** Of the whole, as far as is known. */
  get durationSeconds(): number | undefined {
    const { duration } = this.#audio;
    return Number.isFinite(duration) && duration > 0 ? duration : this.#options.durationSeconds;
  }

  seek(seconds: number): void {
    const end = this.durationSeconds;
    const place = Math.max(0, end === undefined ? seconds : Math.min(seconds, end - seekTargetRoomSeconds));
    this.#hasFailed = false;
    if (this.#audio.readyState < HTMLMediaElement.HAVE_METADATA) this.#awaited = place;
    else this.#audio.currentTime = place;
    const { kind } = planBuffering(this.#state());
    if (kind === 'begin') this.#abandonFetch?.();
    void this.#pump();
  }

  dispose(): void {
    this.#listening.abort();
    this.#abandonFetch?.();
    this.#audio.pause();
    URL.revokeObjectURL(this.#address);
  }

  readonly #open = (): void => {
    if (!MediaSource.isTypeSupported(this.#options.mediaType)) {
      this.#fail(
        new Error(
          'This VS Code cannot play FLAC, which Earshot sends its sound as. Update VS Code, or open the window in another browser.',
        ),
      );
      return;
    }
    this.#buffer = this.#media.addSourceBuffer(this.#options.mediaType);
    if (this.#options.durationSeconds !== undefined) this.#media.duration = this.#options.durationSeconds;
    void this.#pump();
  };

  readonly #reachAwaited = (): void => {
    if (this.#awaited === undefined) return;
    const place = this.#awaited;
    this.#awaited = undefined;
    if (place !== this.#audio.currentTime) this.#audio.currentTime = place;
  };

  readonly #elementFailed = (): void => {
    this.#fail(new Error(`The sound cannot be played here: ${this.#audio.error?.message ?? 'no reason is given'}.`));
  };

  #fail(error: unknown): void {
    if (this.#listening.signal.aborted) return;
    this.#hasFailed = true;
    this.#options.onFailure(error);
  }

  #state(): BufferState {
    const ranges = this.#buffer?.buffered;
    return {
      positionSeconds: this.positionSeconds,
      speed: this.#audio.playbackRate,
      reachesEnd: this.#reachesEnd,
      ...(ranges === undefined || ranges.length === 0
        ? {}
        : { buffered: { startSeconds: ranges.start(0), endSeconds: ranges.end(ranges.length - 1) } }),
    };
  }

  async #pump(): Promise<void> {
    const buffer = this.#buffer;
    if (this.#isPumping || this.#hasFailed || buffer === undefined) return;
    this.#isPumping = true;
    try {
      while (!this.#isGone && (await this.#step(buffer)));
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isPumping = false;
    }
  }

  get #isGone(): boolean {
    return this.#listening.signal.aborted;
  }

  /** @returns whether there is more to do. */
  async #step(buffer: SourceBuffer): Promise<boolean> {
    const until = evictableUntil(this.#state());
    if (until !== undefined)
      await this.#change(buffer, () => {
        buffer.remove(0, until);
      });
    const step = planBuffering(this.#state());
    if (step.kind === 'wait') return false;
    if (step.kind === 'begin') {
      this.#run++;
      this.#reachesEnd = false;
      if (buffer.buffered.length > 0)
        await this.#change(buffer, () => {
          buffer.remove(0, Number.POSITIVE_INFINITY);
        });
    }
    const piece = await this.#fetch(step.startSeconds);
    if (this.#isGone || piece === 'abandoned') return true;
    if (piece !== undefined) {
      await this.#append(buffer, piece.bytes);
      if (piece.problem !== undefined) this.#options.onProblem(piece.problem);
      return true;
    }
    if (buffer.buffered.length === 0) {
      // The recording is shorter than it says, so that there is nothing at this place.
      if (step.startSeconds === 0) throw new Error('There is no sound in this recording.');
      this.#audio.pause();
      this.#awaited = undefined;
      this.#audio.currentTime = 0;
      return true;
    }
    this.#reachesEnd = true;
    if (this.#media.readyState === 'open') this.#media.endOfStream();
    return false;
  }

  /** A seek to another place does not wait for what is under way. */
  async #fetch(startSeconds: number): Promise<SoundPiece | undefined | 'abandoned'> {
    const abandoned = new Promise<'abandoned'>((resolve) => {
      this.#abandonFetch = () => {
        resolve('abandoned');
      };
    });
    const fetched = this.#options.fetchPiece(this.#run, startSeconds);
    // When it is abandoned, nobody else hears of its failure.
    fetched.catch(() => undefined);
    try {
      return await Promise.race([fetched, abandoned]);
    } finally {
      this.#abandonFetch = undefined;
    }
  }

  async #append(buffer: SourceBuffer, bytes: Uint8Array): Promise<void> {
    const append = (): void => {
      buffer.appendBuffer(bytes as Uint8Array<ArrayBuffer>);
    };
    try {
      await this.#change(buffer, append);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
      const heard = Math.max(0, this.positionSeconds - 1);
      if (heard > 0)
        await this.#change(buffer, () => {
          buffer.remove(0, heard);
        });
      await this.#change(buffer, append);
    }
  }

  /** Buffers take one change at a time. */
  #change(buffer: SourceBuffer, begin: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = new AbortController();
      const settle = (): void => {
        done.abort();
        resolve();
      };
      const fail = (): void => {
        done.abort();
        reject(new Error('A part of the sound could not be read.'));
      };
      buffer.addEventListener('updateend', settle, { signal: done.signal });
      buffer.addEventListener('error', fail, { signal: done.signal });
      this.#listening.signal.addEventListener('abort', settle, { signal: done.signal });
      try {
        begin();
      } catch (error) {
        done.abort();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
}
