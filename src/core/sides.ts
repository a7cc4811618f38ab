import type { Segment } from './transcript.js';

/** What speakers are called who have a channel each, until somebody names them; by the number of the channel. */
export const sideNames = ['Left', 'Right'] as const;

/** One list in the order of time; of what begins together, that of the first list comes first. */
export function mergeByTime(lists: readonly (readonly Segment[])[]): readonly Segment[] {
  return lists.flat().sort((left, right) => left.startSeconds - right.startSeconds);
}

export function withSpeaker(segment: Segment, speaker: string): Segment {
  return { ...segment, speaker };
}

export function withoutSpeaker(segment: Segment): Segment {
  const nameless: { -readonly [Key in keyof Segment]: Segment[Key] } = { ...segment };
  delete nameless.speaker;
  return nameless;
}
