import * as vscode from 'vscode';
import { TimeReferences } from '../../core/citations/timeReferences.js';
import { escapeMarkdown } from '../../core/formats/markdown.js';
import { fileName } from '../../host/clips.js';
import { registerCommand, stringOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { timeLinkTo } from '../../host/timeLink.js';

/** An answer as the button below it hands it over: plain data, which the chat keeps. */
export interface SavedAnswer {
  readonly prompt: string;
  /** As the model wrote it. */
  readonly answer: string;
  /** Those that it is about, with their numbers in the conversation. */
  readonly clips: readonly { readonly uri: string; readonly number: number }[];
}

/** A page with the question and the answer, whose times play from anywhere. */
function pageOf({ prompt, answer, clips }: SavedAnswer): string {
  const cited = clips.map((clip) => ({ ...clip, name: fileName(vscode.Uri.parse(clip.uri)) }));
  const references = new TimeReferences(cited, ({ clip, startSeconds }) =>
    timeLinkTo(vscode.Uri.parse(clip))(startSeconds),
  );
  const names = cited.map(({ name }) => escapeMarkdown(name)).join(', ');
  const text = references.push(answer) + references.finish();
  return `# ${escapeMarkdown(prompt)}\n\n*About ${names}*\n\n${text}\n`;
}

function isClip(given: unknown): given is SavedAnswer['clips'][number] {
  if (typeof given !== 'object' || given === null) return false;
  return typeof Reflect.get(given, 'uri') === 'string' && typeof Reflect.get(given, 'number') === 'number';
}

function savedAnswerOf(given: unknown): SavedAnswer | undefined {
  const prompt = stringOf(given, 'prompt');
  const answer = stringOf(given, 'answer');
  if (typeof given !== 'object' || given === null || prompt === undefined || answer === undefined) return undefined;
  const clips: unknown = Reflect.get(given, 'clips');
  return { prompt, answer, clips: Array.isArray(clips) ? clips.filter(isClip) : [] };
}

/** Opens the answer as a document, which the user saves wherever it belongs. */
export function registerSaveAnswer({ log }: Pick<Services, 'log'>): vscode.Disposable {
  return registerCommand(commandIds.saveAnswer, log, async (given) => {
    const saved = savedAnswerOf(given);
    if (saved === undefined) return undefined;
    const document = await vscode.workspace.openTextDocument({ content: pageOf(saved), language: 'markdown' });
    await vscode.window.showTextDocument(document, { preview: false });
    return document.uri;
  });
}
