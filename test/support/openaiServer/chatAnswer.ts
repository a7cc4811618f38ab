import type { ChatHearing, HeardClip } from './bench.ts';

/**
 * The usual chat answer, always the same for the same request. With audio:
 *
 *     I heard: one two three | four five
 *     Clip 1 lasts 1.30 seconds. Clip 2 lasts 0.90 seconds.
 *     You asked: What is said?
 *
 * Without audio, for a model that knows text only:
 *
 *     I read 12 words of transcript: "one two three … ten eleven twelve"
 *     You asked: What is said?
 */
export function usualAnswer(hearing: Pick<ChatHearing, 'clips' | 'transcript' | 'question'>): string {
  const lines = hearing.clips.length > 0 ? heardLines(hearing.clips) : readLines(hearing.transcript);
  return [...lines, `You asked: ${hearing.question}`].join('\n');
}

function heardLines(clips: readonly HeardClip[]): readonly string[] {
  const lengths = clips.map(
    ({ audio }, index) => `Clip ${index + 1} lasts ${audio.durationSeconds.toFixed(2)} seconds.`,
  );
  return [`I heard: ${clips.map(({ heard }) => heard.text).join(' | ')}`, lengths.join(' ')];
}

function readLines(transcript: string): readonly string[] {
  const words = transcript.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return ['I read no transcript.'];
  const quote = words.length <= 6 ? words.join(' ') : `${words.slice(0, 3).join(' ')} … ${words.slice(-3).join(' ')}`;
  return [`I read ${words.length} words of transcript: "${quote}"`];
}

const tagged = /<transcript\b[^>]*>([\s\S]*?)<\/transcript>/gi;
const webVtt = /WEBVTT[\s\S]*/;

/**
 * Finds the transcript in a prompt: what stands between `<transcript …>` tags, else what follows `WEBVTT`. Gives its
 * spoken words without timecodes, speakers and notes, and the last user message without it.
 */
export function splitPrompt(
  texts: readonly string[],
  lastUserTexts: readonly string[],
): { readonly transcript: string; readonly question: string } {
  const prompt = texts.join('\n');
  const inTags = [...prompt.matchAll(tagged)].map(([, inner]) => inner ?? '');
  const found = inTags.length > 0 ? inTags : [webVtt.exec(prompt)?.[0] ?? ''];
  const question = lastUserTexts.join('\n').replace(tagged, '').replace(webVtt, '').trim();
  return { transcript: found.map(spokenWords).join(' ').trim(), question };
}

function spokenWords(transcript: string): string {
  return transcript
    .replace(/^WEBVTT.*$/m, '')
    .replace(/^NOTE\b[\s\S]*?(?:\n\s*\n|$(?![\s\S]))/gm, '')
    .replace(/^.*-->.*$/gm, '')
    .replace(/^\s*\d+\s*$/gm, '')
    .replace(/[[(]?\d+:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s*[-–]\s*\d+:\d\d(?::\d\d)?(?:[.,]\d+)?)?[\])]?/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
