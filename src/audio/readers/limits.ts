import { EarshotError } from '../../core/errors.js';

/** More than any microphone delivers; a header that says otherwise is damaged, or made to exhaust the memory. */
const channelLimit = 8;
const lowestSampleRate = 4000;
const highestSampleRate = 384_000;

/** @throws EarshotError `unsupported-media`. */
export function checkLimits(name: string, sampleRate: number, channelCount: number): void {
  if (!(sampleRate >= lowestSampleRate && sampleRate <= highestSampleRate)) {
    throw new EarshotError(
      'unsupported-media',
      `${name} says that its sample rate is ${sampleRate} Hz, outside 4 to 384 kHz. Convert it to 16 kHz first.`,
    );
  }
  if (!(channelCount >= 1 && channelCount <= channelLimit)) {
    throw new EarshotError(
      'unsupported-media',
      `${name} says that it has ${channelCount} channels. Export at most ${channelLimit}.`,
    );
  }
}
