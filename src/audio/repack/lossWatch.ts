import type { PcmProblem } from '../pcmReader.js';
import type { SoundTrack } from '../readers/soundTrack.js';

/** What decoders hear as an end that came too soon. */
const endToleranceSeconds = 0.25;

/** Says where sound is missing, which only whoever looks at the times can tell. */
export class LossWatch {
  readonly #track: SoundTrack;
  readonly #own: PcmProblem[] = [];
  #reached: number | undefined;

  constructor(track: SoundTrack) {
    this.#track = track;
  }

  get problems(): readonly PcmProblem[] {
    return [...this.#track.problems, ...this.#own].sort((left, right) => left.atSeconds - right.atSeconds);
  }

  meet(seconds: number): void {
    const gap = this.#reached === undefined ? 0 : seconds - this.#reached;
    if (this.#reached === undefined || gap <= Math.max(0.01, this.#track.toleranceSeconds)) return;
    this.#own.push({
      atSeconds: Math.max(0, this.#reached),
      message: `${gap.toFixed(2)} s of sound are missing here.`,
      isEnd: false,
    });
  }

  reach({ startSeconds, durationSeconds }: { readonly startSeconds: number; readonly durationSeconds: number }): void {
    this.#reached = durationSeconds > 0 ? startSeconds + durationSeconds : undefined;
  }

  /** What follows is left out. */
  endHere(message: string): void {
    this.#own.push({ atSeconds: Math.max(0, this.#reached ?? 0), message, isEnd: true });
  }

  finish(): void {
    const { endSeconds, isTruncated } = this.#track;
    const reached = this.#reached;
    if (reached === undefined || this.problems.some(({ isEnd }) => isEnd)) return;
    if (isTruncated === true) this.endHere('The file breaks off here: its end is missing.');
    else if (endSeconds !== undefined && reached < endSeconds - endToleranceSeconds) {
      this.endHere(`The file says that it plays to ${endSeconds.toFixed(1)} s, but its sound ends here.`);
    }
  }
}
