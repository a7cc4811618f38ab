import type { TimeRange } from '../../core/clip.js';
import { speechSampleRate } from '../speechFormat.js';
import { FrameMeter, framesPerSecond } from './frames.js';
import { PeakCollector } from './peaks.js';
import type { PeakLevel } from './peaks.js';
import { rangesOf, SpeechActivity } from './speechActivity.js';

/** What 16 kHz mono tells of a recording. */
export interface SpeechAnalysis {
  readonly durationSeconds: number;
  /** Bins of 10 ms, 100 ms, 1 s and 10 s. */
  readonly peaks: readonly PeakLevel[];
  /** One for every 10 ms: 1 is speech. */
  readonly isSpeech: Uint8Array;
  readonly speechSeconds: number;
  /** Where nobody speaks for at least 0.2 s. */
  readonly silences: readonly TimeRange[];
  /** Root mean square of the loudest 100 ms, dB below full scale; at least -120. */
  readonly loudestDecibels: number;
  /** True when there is nothing in it to transcribe: warn before anybody pays for it. */
  readonly isEffectivelySilent: boolean;
}

export const shortestSilenceSeconds = 0.2;
/** Below the noise of any microphone's own electronics. */
const inaudibleDecibels = -60;
/** Room noise, when nobody speaks in it. */
const roomDecibels = -40;
const fewestSpeechSeconds = 0.1;

/** Looks at a stream of 16 kHz mono as it passes: well under half a second of CPU for an hour. */
export class SpeechAnalyser {
  readonly #peaks = new PeakCollector();
  readonly #activity = new SpeechActivity();
  readonly #meter = new FrameMeter((frame) => {
    this.#peaks.add(frame);
    this.#activity.add(frame);
    this.#loudest.add(frame.power);
  });
  readonly #loudest = new LoudestTenth();
  #sampleCount = 0;
  #speechFrameCount = 0;
  #countedFrameCount = 0;

  push(mono: Float32Array): void {
    this.#sampleCount += mono.length;
    this.#meter.push(mono);
  }

  /** True once nothing that may follow can make the recording effectively silent. */
  get isHeard(): boolean {
    const { isSpeech } = this.#activity;
    for (; this.#countedFrameCount < isSpeech.length; this.#countedFrameCount++) {
      this.#speechFrameCount += isSpeech[this.#countedFrameCount] ?? 0;
    }
    return !isSilence(this.#loudest.decibels, this.#speechFrameCount / framesPerSecond);
  }

  /** What is judged so far. */
  get activity(): Pick<SpeechActivity, 'isSpeech' | 'judgedCount'> {
    return this.#activity;
  }

  /** Called once, after the last push. */
  finish(): SpeechAnalysis {
    this.#meter.flush();
    this.#activity.flush();
    const peaks = this.#peaks.finish();
    const isSpeech = this.#activity.isSpeech.slice();
    const speechSeconds = isSpeech.reduce((sum, frame) => sum + frame, 0) / framesPerSecond;
    const loudestDecibels = this.#loudest.decibels;
    return {
      durationSeconds: this.#sampleCount / speechSampleRate,
      peaks,
      isSpeech,
      speechSeconds,
      silences: rangesOf(isSpeech, 0, shortestSilenceSeconds),
      loudestDecibels,
      isEffectivelySilent: isSilence(loudestDecibels, speechSeconds),
    };
  }
}

function isSilence(loudestDecibels: number, speechSeconds: number): boolean {
  return loudestDecibels < inaudibleDecibels || (speechSeconds < fewestSpeechSeconds && loudestDecibels < roomDecibels);
}

/** The level of the loudest 100 ms so far; what is left at the end counts by itself once it is as long. */
class LoudestTenth {
  #power = 0;
  #count = 0;
  #loudest = 0;

  add(power: number): void {
    this.#power += power;
    if (++this.#count < framesPerSecond / 10) return;
    this.#loudest = Math.max(this.#loudest, this.#power / this.#count);
    this.#power = this.#count = 0;
  }

  /** Below full scale; at least -120. Of a recording shorter than 100 ms, of all of it. */
  get decibels(): number {
    const power = this.#loudest > 0 || this.#count === 0 ? this.#loudest : this.#power / this.#count;
    return Math.max(-120, 10 * Math.log10(power));
  }
}
