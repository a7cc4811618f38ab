import type { TimedWord } from './tones.ts';

export interface SpokenSegment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const longestGap = 0.6;
const mostWords = 12;

/** Groups words as a recogniser does: a new segment after a pause, and after twelve words. */
export function toSegments(words: readonly TimedWord[]): readonly SpokenSegment[] {
  const groups: TimedWord[][] = [];
  for (const word of words) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (!group || !last || word.start - last.end > longestGap || group.length >= mostWords) groups.push([word]);
    else group.push(word);
  }
  return groups.map((group) => ({
    start: group[0]?.start ?? 0,
    end: group.at(-1)?.end ?? 0,
    text: group.map(({ word }) => word).join(' '),
  }));
}

export function toVtt(segments: readonly SpokenSegment[]): string {
  const cues = segments.map(({ start, end, text }) => `${timecode(start, '.')} --> ${timecode(end, '.')}\n${text}\n\n`);
  return `WEBVTT\n\n${cues.join('')}`;
}

export function toSrt(segments: readonly SpokenSegment[]): string {
  const cues = segments.map(
    ({ start, end, text }, index) => `${index + 1}\n${timecode(start, ',')} --> ${timecode(end, ',')}\n${text}\n\n`,
  );
  return cues.join('');
}

function timecode(seconds: number, mark: '.' | ','): string {
  const total = Math.round(seconds * 1000);
  const pad = (value: number, size = 2) => Math.floor(value).toString().padStart(size, '0');
  return `${pad(total / 3_600_000)}:${pad((total / 60_000) % 60)}:${pad((total / 1000) % 60)}${mark}${pad(total % 1000, 3)}`;
}
