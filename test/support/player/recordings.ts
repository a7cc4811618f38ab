import { makeSound } from '../../unit/audio/support/ffmpeg.js';

export const stepSeconds = 2;

/** Hz of the tone that sounds in a step of the recording; neighbours differ, and none is an octave of another. */
export function toneOfStep(step: number): number {
  return 400 + (step % 20) * 40;
}

export const toneAt = (seconds: number): number => toneOfStep(Math.floor(seconds / stepSeconds));

/** Another tone every two seconds, so that what is heard tells where it is from. */
export function steppedTones(name: string, args: readonly string[], seconds: number): Uint8Array {
  const sound = `0.4*sin(2*PI*t*(400+40*mod(floor(t/${stepSeconds})\\,20)))`;
  return makeSound(name, args, seconds, 44_100, sound);
}

/** A transcript with a cue for each step, Ann and Bob in turns of two. */
export function steppedTranscript(seconds: number, sourceName = 'tones.m4a'): string {
  const time = (at: number): string => new Date(at * 1000).toISOString().slice(11, 23);
  const cues = Array.from({ length: seconds / stepSeconds }, (_, step) => {
    const start = step * stepSeconds;
    const speaker = Math.floor(step / 2) % 2 === 0 ? 'Ann' : 'Bob';
    return `${time(start)} --> ${time(start + stepSeconds)}\n<v ${speaker}>Step ${step} is said.\n`;
  });
  return `WEBVTT\n\nNOTE Transcribed by Earshot\nsource: ${sourceName}\n\n${cues.join('\n')}`;
}
