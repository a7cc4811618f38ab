import type { Segment, Word } from '../transcript.js';
import { toMilliseconds, type ExportedTranscript } from './exportedTranscript.js';

/** Where VS Code finds the schema of the JSON while Earshot is installed; its text is media/schemas/transcript.schema.json. */
export const transcriptSchemaUri = 'earshot-schema:/transcript.schema.json';

const wordJson = ({ startSeconds, endSeconds, text, confidence }: Word): Word => ({
  startSeconds: toMilliseconds(startSeconds),
  endSeconds: toMilliseconds(endSeconds),
  text,
  ...(confidence === undefined ? {} : { confidence }),
});

const segmentJson = ({ startSeconds, endSeconds, speaker, text, words }: Segment): Segment => ({
  startSeconds: toMilliseconds(startSeconds),
  endSeconds: toMilliseconds(endSeconds),
  ...(speaker === undefined ? {} : { speaker }),
  text,
  ...(words === undefined ? {} : { words: words.map(wordJson) }),
});

/** JSON after media/schemas/transcript.schema.json, with the same order of keys each time. */
export function writeJson({ segments, origin }: ExportedTranscript): string {
  const { sourceName, sourceSha256, durationSeconds, model, language, createdAt, completeUntilSeconds } = origin;
  const content = {
    $schema: transcriptSchemaUri,
    version: 1,
    ...(sourceName === undefined ? {} : { sourceName }),
    ...(sourceSha256 === undefined ? {} : { sourceSha256 }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(model === undefined ? {} : { model }),
    ...(language === undefined ? {} : { language }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(completeUntilSeconds === undefined ? {} : { completeUntilSeconds }),
    segments: segments.map(segmentJson),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
