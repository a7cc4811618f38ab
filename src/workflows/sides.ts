import { ChannelComparison, type ChannelRelation } from '../audio/analyse/compareChannels.js';
import type { PrepareOptions } from '../audio/engine.js';
import { speechSampleRate, wavHeaderByteLength } from '../audio/speechFormat.js';
import type { Probe, TimeRange } from '../core/clip.js';
import { throwIfCancelled } from '../core/errors.js';
import { transcriptionWay, type Capabilities } from '../core/model.js';
import { sideNames } from '../core/sides.js';
import type { OpenClip, WorkflowPorts } from './ports.js';

/** Enough to hear both people of a conversation, and little to decode of a recording of hours. */
const stretchCount = 10;
const stretchSeconds = 6;

/** `auto`: as the model tells them; `off`: nobody is named; `channels`: one speaker on each of two channels. */
export const speakerWays = ['auto', 'off', 'channels'] as const;
export type SpeakerWay = (typeof speakerWays)[number];

/** What is heard by itself: all of a recording, or one of its channels. */
export interface Side {
  readonly channel?: number;
  readonly speaker?: string;
}

export interface Sides {
  /** At least one. */
  readonly sides: readonly Side[];
  /** For people, whole sentences; mostly none. */
  readonly warnings: readonly string[];
}

interface Heard {
  readonly clip: OpenClip;
  readonly probe: Probe;
  readonly engine: WorkflowPorts['engine'];
  readonly signal: AbortSignal;
}

/** Whether the transcripts of a model come with speakers by themselves. */
export function tellsSpeakers(capabilities: Capabilities): boolean {
  return capabilities.tellsSpeakers === true || transcriptionWay(capabilities) === 'asking';
}

/** Spread over all of the recording; short ones are heard as a whole. */
export function stretchesOf(durationSeconds: number): readonly TimeRange[] {
  if (durationSeconds <= 2 * stretchCount * stretchSeconds) return [{ startSeconds: 0, endSeconds: durationSeconds }];
  const pause = (durationSeconds - stretchCount * stretchSeconds) / stretchCount;
  return Array.from({ length: stretchCount }, (_, index) => {
    const startSeconds = Math.round(pause / 2 + index * (pause + stretchSeconds));
    return { startSeconds, endSeconds: startSeconds + stretchSeconds };
  });
}

/**
 * What the two channels of a recording have to do with each other, by listening to a minute or two of it. `unclear` also where
 * there are more or fewer channels, or it cannot be read.
 * @throws EarshotError `cancelled`
 */
export async function relationOfChannels({ clip, probe, engine, signal }: Heard): Promise<ChannelRelation> {
  const { channels, durationSeconds } = probe;
  if (channels !== 2 || durationSeconds === undefined) return 'unclear';
  const comparison = new ChannelComparison(speechSampleRate);
  const prepared: PrepareOptions = { formats: ['wav'], wav: { keepChannels: true } };
  try {
    for (const range of stretchesOf(durationSeconds)) {
      for await (const { bytes } of engine.prepare(clip.source, { ...prepared, range }, signal)) {
        comparison.add(pcm16(bytes));
      }
    }
  } catch {
    throwIfCancelled(signal);
    return 'unclear';
  }
  return comparison.relation;
}

/** A copy, since a view of 16 bits may not begin everywhere. */
function pcm16(wav: Uint8Array): Int16Array {
  const length = Math.max(0, Math.floor((wav.byteLength - wavHeaderByteLength) / 2));
  return new Int16Array(wav.slice(wavHeaderByteLength, wavHeaderByteLength + 2 * length).buffer);
}

const asOne: Side = {};

/**
 * What is to be heard by itself, so that each side of a call has its speaker. A side on which nobody says anything is left
 * out, and a recording without two sides is heard as one.
 * @throws EarshotError `cancelled`
 */
export async function findSides(heard: Heard): Promise<Sides> {
  const { clip, probe, engine, signal } = heard;
  if (probe.channels !== 2) return { sides: [asOne], warnings: [] };
  if ((await relationOfChannels(heard)) === 'same') {
    const warning = `Both channels of ${clip.name} hold the same sound, so its speakers are not told apart.`;
    return { sides: [asOne], warnings: [warning] };
  }
  const sides: Side[] = [];
  const warnings: string[] = [];
  for (const [channel, speaker] of sideNames.entries()) {
    if (await engine.isSilent(clip.source, { channel }, signal)) {
      warnings.push(`The ${speaker.toLowerCase()} channel of ${clip.name} is silent and was left out.`);
    } else sides.push({ channel, speaker });
  }
  return sides.length === 0 ? { sides: [asOne], warnings: [] } : { sides, warnings };
}
