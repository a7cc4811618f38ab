import * as vscode from 'vscode';
import type { Citation } from '../../core/citations/timeReferences.js';
import { cancelled, EarshotError } from '../../core/errors.js';
import { escapeMarkdown } from '../../core/formats/markdown.js';
import { formatDuration } from '../../core/timecode.js';
import { fileName } from '../../host/clips.js';
import { commandIds, type ChatCommand } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { summarySteps } from '../summarize/summarizeFiles.js';
import { transcribeFiles } from '../transcribe/transcribeFiles.js';
import { languageCalled, languageOf } from '../translate/pickLanguage.js';
import { playLink, type AnswerStream } from './answerStream.js';
import { findInTranscripts } from './findInTranscripts.js';

/** What somebody asked for with a slash command. */
export interface CommandTurn {
  /** What stands behind the command; may be empty. */
  readonly words: string;
  readonly clips: readonly vscode.Uri[];
  /** Those attached to this very question. */
  readonly attached: readonly string[];
  readonly services: Services;
  readonly stream: vscode.ChatResponseStream;
  readonly answer: AnswerStream;
  readonly signal: AbortSignal;
}

/** What the chat keeps of it. */
export interface CommandResult {
  /** For the next question. */
  readonly said: string;
  /** Absent: those that the turn was about. */
  readonly clips?: readonly string[];
  readonly citations?: readonly Citation[];
}

type Run = (turn: CommandTurn) => Promise<CommandResult>;

const names = (uris: readonly vscode.Uri[]): string => uris.map(fileName).join(', ');

function openButton(stream: vscode.ChatResponseStream, title: string, uri: vscode.Uri): void {
  stream.button({ title, command: 'vscode.open', arguments: [uri] });
}

const transcribe: Run = async ({ clips, services, stream, answer, signal }) => {
  const made = await transcribeFiles(clips, services, {}, { signal, report: answer.progress });
  if (signal.aborted) throw cancelled();
  if (made.length === 0) return { said: '' };
  stream.markdown(made.length === 1 ? 'The transcript: ' : 'The transcripts: ');
  for (const { transcript } of made) {
    stream.anchor(transcript, fileName(transcript));
    stream.markdown(' ');
  }
  for (const { transcript } of made.slice(0, 3)) openButton(stream, 'Open Transcript', transcript);
  return { said: `Transcribed ${names(clips)}.` };
};

const summarize: Run = async ({ words, clips, services, answer, signal }) => {
  const language = languageCalled(words)?.name;
  const states = await services.survey(signal);
  for (const uri of clips) {
    if (clips.length > 1) answer.text(`## ${escapeMarkdown(fileName(uri))}\n\n`);
    const given = language === undefined ? {} : { language };
    const linksTo = (recording: vscode.Uri) => (seconds: number) =>
      playLink({ clip: recording.toString(), startSeconds: seconds, endSeconds: seconds });
    for await (const step of await summarySteps(uri, given, states, services, signal, linksTo)) {
      if (step.type === 'progress') answer.progress(step.text);
      else if (step.type === 'notice') answer.notice(step.text);
      else if (step.type === 'text') answer.finished(step.text);
      else if (step.type === 'bill') answer.bill(step.text);
    }
  }
  // A later question needs the times, and not where our links lead.
  return { said: answer.said.replaceAll(/\]\(command:[^)]*\)/g, ']') };
};

const translate: Run = async ({ words, clips, stream, signal }) => {
  // What is no name of a language is taken for a code, and refused in words if it is none.
  const language = words === '' ? undefined : (languageCalled(words) ?? languageOf(words)).tag;
  const made = await vscode.commands.executeCommand<readonly { readonly translation: vscode.Uri }[] | undefined>(
    commandIds.translate,
    clips[0],
    [...clips],
    language === undefined ? {} : { language },
  );
  if (signal.aborted) throw cancelled();
  if (made === undefined || made.length === 0) return { said: '' };
  stream.markdown(`Translated ${names(clips)}.`);
  for (const { translation } of made.slice(0, 3)) openButton(stream, `Open ${fileName(translation)}`, translation);
  return { said: `Translated ${names(clips)}.` };
};

const longestShownJson = 8000;

const extract: Run = async ({ words, clips, stream }) => {
  const done = await vscode.commands.executeCommand<
    readonly {
      readonly source: vscode.Uri;
      readonly value: unknown;
      readonly isValid: boolean;
      readonly document?: vscode.Uri;
    }[]
  >(commandIds.extract, clips[0], [...clips], words === '' ? {} : { prompt: words });
  let said = '';
  for (const { source, value, isValid } of done) {
    const json = JSON.stringify(value ?? null, undefined, 2);
    const shown = json.length > longestShownJson ? `${json.slice(0, longestShownJson)}\n…` : json;
    said += `${fileName(source)}${isValid ? '' : ' (it does not obey the schema)'}:\n\n\`\`\`json\n${shown.replaceAll('```', '` ` `')}\n\`\`\`\n\n`;
  }
  stream.markdown(said);
  const document = done[0]?.document;
  if (document !== undefined) openButton(stream, 'Open Data', document);
  return { said };
};

const find: Run = async ({ words, attached, stream, answer, signal }) => {
  if (words === '') throw new EarshotError('no-clip', 'Say what to look for, such as `/find invoice deadline`.');
  answer.progress('Searching the transcripts of the workspace…');
  const { hits, count, isCutOff, recordings } = await findInTranscripts(words, attached, signal);
  const searched = `${count} ${count === 1 ? 'transcript' : 'transcripts'}${isCutOff ? ' (there are more)' : ''}`;
  if (hits.length === 0) {
    const advice = count === 0 ? ' Transcribe recordings first: only what is written down can be searched.' : '';
    stream.markdown(`Nothing found in ${searched}.${advice}`);
    return { said: `Nothing found for ${words}.` };
  }
  const lines = hits.map(({ uri, startSeconds, endSeconds, speaker, text }) => {
    const citation: Citation = { clip: uri, startSeconds, endSeconds, place: 'inside' };
    const name = fileName(vscode.Uri.parse(uri));
    return { citation, name, words: `${speaker === undefined ? '' : `${speaker}: `}${text}` };
  });
  const shown = lines.map(
    ({ citation, name, words: told }) =>
      `1. [${escapeMarkdown(name)} ${formatDuration(citation.startSeconds)}](${playLink(citation)}) ${escapeMarkdown(told)}`,
  );
  answer.finished(`Found in ${searched}, best first:\n\n${shown.join('\n')}\n`);
  const said = lines.map(
    ({ citation, name, words: told }) => `${name} [${formatDuration(citation.startSeconds)}] ${told}`,
  );
  return {
    said: `Found for ${words}:\n${said.join('\n')}`,
    clips: recordings,
    citations: lines.map(({ citation }) => citation),
  };
};

/** `/compare` is a question like any other, about several recordings. */
export const chatCommandRuns: Readonly<Record<Exclude<ChatCommand, 'compare'>, Run>> = {
  transcribe,
  summarize,
  translate,
  extract,
  find,
};

export const comparePrompt =
  'Compare these recordings. Name each by its number. What do they have in common, where do they differ, and where do they contradict each other?';
