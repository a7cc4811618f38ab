import { speechSampleRate } from '../speechFormat.js';
import { FrameMeter, frameSampleCount, framesPerSecond } from './frames.js';
import { quietestPlace } from './quietestPlace.js';
import { rangesOf, SpeechActivity } from './speechActivity.js';

/** A cut this far from the next speech cannot be in a word, so that of longer pauses none is better than another. */
const enoughSamples = speechSampleRate / 2;
/** Between a cut and what is thought to be speech, where there is room: words fade in and out. */
const marginSamples = speechSampleRate / 4;
/** In less than this there may be no pause at all, and the quietest moment of a word would be taken for one. */
const fewestSecondsForFloor = 4;

/**
 * The best place to cut between two samples: in a pause between words if there is one, the longest preferred and of equal
 * ones the last, so that there are few pieces; else where it is quietest.
 * @param samples 16 kHz mono. What lies before `from` and after `to` helps to tell speech from noise, and is not cut.
 * @returns From `from` to `to`, both included.
 */
export function chooseCut(samples: Float32Array, from: number, to: number): number {
  let best: { readonly place: number; readonly distance: number } | undefined;
  for (const pause of pausesOf(samples)) {
    const place = placeIn(pause, samples, from, to);
    if (place === undefined) continue;
    const distance = Math.min(enoughSamples, place - pause.start, pause.end - place);
    if (distance >= (best?.distance ?? 0)) best = { place, distance };
  }
  return best?.place ?? quietestPlace(samples, from, to);
}

interface Pause {
  readonly start: number;
  readonly end: number;
}

function pausesOf(samples: Float32Array): readonly Pause[] {
  const activity = new SpeechActivity(samples.length / speechSampleRate);
  const meter = new FrameMeter((frame) => {
    activity.add(frame);
  });
  const listen = (): void => {
    meter.push(samples);
    meter.flush();
    activity.flush();
  };
  listen();
  let isSpeech = activity.isSpeech;
  if (samples.length >= fewestSecondsForFloor * speechSampleRate) {
    // Once more, with the noise known from the beginning.
    const heard = activity.judgedCount;
    listen();
    isSpeech = activity.isSpeech.subarray(heard);
  }
  return rangesOf(isSpeech, 0, 0).map(({ startSeconds, endSeconds }) => ({
    start: Math.round(startSeconds * framesPerSecond) * frameSampleCount,
    end: Math.min(samples.length, Math.round(endSeconds * framesPerSecond) * frameSampleCount),
  }));
}

/** The middle of a pause, or near it where it is quietest: somebody far away may be taken for noise. */
function placeIn({ start, end }: Pause, samples: Float32Array, from: number, to: number): number | undefined {
  if (end <= from || start >= to) return undefined;
  const middle = (start + end) / 2;
  const play = Math.min(enoughSamples, (end - start) / 2 - marginSamples);
  const [earliest, latest] = [Math.max(from, middle - play), Math.min(to, middle + play)];
  if (play > 0 && earliest < latest) return quietestPlace(samples, Math.ceil(earliest), Math.floor(latest));
  return Math.min(to, Math.max(from, Math.round(middle)));
}
