import { paragraphsOf } from '../paragraphs.js';
import type { ExportedTranscript } from './exportedTranscript.js';

/** The words alone, a paragraph for each turn, the speaker's name in front. */
export function writePlainText({ segments }: ExportedTranscript): string {
  return paragraphsOf(segments)
    .map(({ speaker, startsTurn, text }) => `${speaker !== undefined && startsTurn ? `${speaker}: ` : ''}${text}\n`)
    .join('\n');
}
