import * as vscode from 'vscode';
import { fileName } from '../../host/clips.js';
import { digest } from '../../host/transcriptFiles.js';
import { withoutLanguage } from './pickLanguage.js';

export interface TranslationText {
  readonly content: string;
  readonly syntax: 'vtt' | 'srt';
  readonly languageTag: string;
  /** Whether every cue in it is translated. */
  readonly isWhole: boolean;
}

export interface SavedTranslation {
  readonly uri: vscode.Uri;
  /** A file of that name that was left alone. */
  readonly kept?: vscode.Uri;
  /** Why it is not on disk but in an unsaved document. */
  readonly unsavedBecause?: string;
}

const writtenKey = 'translate.written';
const mostRemembered = 1000;

/** What Earshot wrote itself, by its digest: SRT has no place to say so. */
type Written = Readonly<Record<string, 'whole' | 'partial'>>;

async function contentOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // Not there; if it is and cannot be read, writing says so.
    return undefined;
  }
}

/** Not there, or Earshot's own work that nobody changed and that holds no more than the new one. */
async function isFree(uri: vscode.Uri, { isWhole }: TranslationText, written: Written): Promise<boolean> {
  const content = await contentOf(uri);
  if (content === undefined) return true;
  const isDirty = vscode.workspace.textDocuments.some((open) => open.isDirty && open.uri.toString() === uri.toString());
  const earlier = written[digest(content)];
  return !isDirty && earlier !== undefined && (isWhole || earlier === 'partial');
}

async function write(source: vscode.Uri, text: TranslationText, memory: vscode.Memento): Promise<SavedTranslation> {
  const { content, syntax, languageTag, isWhole } = text;
  const openUnsaved = async (): Promise<vscode.Uri> =>
    (await vscode.workspace.openTextDocument({ content, language: syntax })).uri;
  if (source.scheme === 'untitled') return { uri: await openUnsaved() };
  const written = memory.get<Written>(writtenKey) ?? {};
  const name = fileName(source);
  const stem = withoutLanguage(name.replace(/\.[^.]*$/, '') || name);
  const targetOf = (count: number): vscode.Uri =>
    vscode.Uri.joinPath(source, '..', `${stem}.${languageTag}${count === 1 ? '' : `-${count}`}.${syntax}`);
  let count = 1;
  // The source itself may have that name.
  while (targetOf(count).toString() === source.toString() || !(await isFree(targetOf(count), text, written))) count++;
  const uri = targetOf(count);
  try {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  } catch (error) {
    return {
      uri: await openUnsaved(),
      unsavedBecause: `${fileName(uri)} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  const latest = { [digest(content)]: isWhole ? 'whole' : 'partial' } as const;
  await memory.update(writtenKey, Object.fromEntries(Object.entries({ ...written, ...latest }).slice(-mostRemembered)));
  return { uri, ...(count === 1 ? {} : { kept: targetOf(1) }) };
}

/** Two translations must not find the same name free at the same time. */
let saving: Promise<unknown> = Promise.resolve();

/**
 * Writes a translation beside its source as `interview.de.vtt`. What a person edited, and what is there by somebody else, is
 * never written over: the new one is `interview.de-2.vtt` then.
 */
export function saveTranslation(
  source: vscode.Uri,
  text: TranslationText,
  memory: vscode.Memento,
): Promise<SavedTranslation> {
  const saved = saving.then(() => write(source, text, memory));
  saving = saved.catch(() => undefined);
  return saved;
}
