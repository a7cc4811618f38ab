import type { TimeRange } from '../../core/clip.js';
import { speechSampleRate } from '../speechFormat.js';
import { FrameMeter } from './frames.js';
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
  });
  #sampleCount = 0;

  push(mono: Float32Array): void {
    this.#sampleCount += mono.length;
    this.#meter.push(mono);
  }

  /** What is judged so far, for whoever looks for a pause to cut at while the stream still runs. */
  get activity(): Pick<SpeechActivity, 'isSpeech' | 'judgedCount'> {
    return this.#activity;
  }

  /** Called once, after the last push. */
  finish(): SpeechAnalysis {
    this.#meter.flush();
    this.#activity.flush();
    const peaks = this.#peaks.finish();
    const isSpeech = this.#activity.isSpeech.slice();
    const speechSeconds = isSpeech.reduce((sum, frame) => sum + frame, 0) / 100;
    const loudest = (peaks[1]?.rms ?? new Uint16Array(0)).reduce((most, rms) => Math.max(most, rms), 0) / 32_768;
    const loudestDecibels = Math.max(-120, 20 * Math.log10(loudest));
    return {
      durationSeconds: this.#sampleCount / speechSampleRate,
      peaks,
      isSpeech,
      speechSeconds,
      silences: rangesOf(isSpeech, 0, shortestSilenceSeconds),
      loudestDecibels,
      isEffectivelySilent:
        loudestDecibels < inaudibleDecibels || (speechSeconds < fewestSpeechSeconds && loudestDecibels < roomDecibels),
    };
  }
}
