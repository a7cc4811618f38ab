import { formatTimecode } from '../timecode.js';
import type { ExportedTranscript } from './exportedTranscript.js';

const timecode = (seconds: number): string => formatTimecode(seconds).replace('.', ',');

/** SubRip. It knows no speakers: the name stands in front of the text where the speaker changes. */
export function writeSrt({ segments }: ExportedTranscript): string {
  let speaker: string | undefined;
  let number = 0;
  const cues: string[] = [];
  for (const segment of segments) {
    // An empty line would end the text, an arrow could begin another cue.
    const text = segment.text
      .replaceAll('-->', '→')
      .replaceAll(/\s*\n\s*/g, '\n')
      .trim();
    if (text === '') continue;
    const name = segment.speaker !== undefined && segment.speaker !== speaker ? `${segment.speaker}: ` : '';
    speaker = segment.speaker;
    number += 1;
    const endSeconds = Math.max(segment.endSeconds, segment.startSeconds + 0.001);
    cues.push(`${number}\n${timecode(segment.startSeconds)} --> ${timecode(endSeconds)}\n${name}${text}\n`);
  }
  return cues.join('\n');
}
