import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { exportFormats } from '../core/formats/exportFormats.js';
import { parseTranscript, serialiseTranscript, type TranscriptFile } from '../core/formats/transcriptFile.js';
import type { Transcript } from '../core/transcript.js';
import { fileName } from './clips.js';
import { timeLinkTo } from './timeLink.js';

const maxTranscriptByteLength = 50_000_000;

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Why a file that stood where a transcript should have gone was left alone. */
export type Kept = 'edited' | 'earlier-recording' | 'reaches-further' | 'unknown';

/** How a transcript is written down. Only WebVTT holds where it comes from, so that it is known again. */
export const transcriptFormats = ['vtt', 'srt', 'md', 'txt', 'json'] as const;
export type TranscriptFormat = (typeof transcriptFormats)[number];

const languageIds: Readonly<Record<TranscriptFormat, string>> = {
  vtt: 'vtt',
  srt: 'srt',
  md: 'markdown',
  txt: 'plaintext',
  json: 'json',
};

export interface Saving {
  readonly where: 'beside' | 'untitled';
  readonly format: TranscriptFormat;
}

export interface SavedTranscript {
  readonly uri: vscode.Uri;
  /** The file that was left alone; this transcript then has a name of its own beside it. */
  readonly kept?: { readonly uri: vscode.Uri; readonly why: Kept };
  /** Why it is not on disk but in an unsaved document. */
  readonly unsavedBecause?: string;
}

/** `interview.m4a` → `interview.vtt`; with a tag `interview.TAG.vtt`. */
export function transcriptUri(clip: vscode.Uri, tag?: string, format: TranscriptFormat = 'vtt'): vscode.Uri {
  const name = fileName(clip);
  const stem = name.replace(/\.[^.]*$/, '') || name;
  return vscode.Uri.joinPath(clip, '..', `${stem}${tag === undefined ? '' : `.${tag}`}.${format}`);
}

async function readContent(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const stat = await vscode.workspace.fs.stat(uri);
    if (stat.size > maxTranscriptByteLength) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // Not there or not readable: nothing to reuse. Writing looks again and spares what it finds.
    return undefined;
  }
}

function parseTranscriptOrNothing(name: string, content: string): TranscriptFile | undefined {
  try {
    return parseTranscript(name, content, digest);
  } catch {
    return undefined;
  }
}

/** Undefined when there is no such file or it is no transcript that could be ours. */
export async function readTranscript(uri: vscode.Uri): Promise<TranscriptFile | undefined> {
  const content = await readContent(uri);
  return content === undefined ? undefined : parseTranscriptOrNothing(fileName(uri), content);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/** The document of a file, if some editor has it open. */
function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && document.uri.toString() === uri.toString(),
  );
}

/** A text that could take a place, and what may be lost there for it. */
interface Draft {
  readonly content: string;
  readonly format: TranscriptFormat;
  readonly stateOf: (uri: vscode.Uri) => Promise<'free' | 'other-recording' | Kept>;
}

function draftOf(clip: vscode.Uri, transcript: Transcript, format: TranscriptFormat): Draft {
  if (format === 'vtt') {
    const content = serialiseTranscript(transcript, digest);
    return { content, format, stateOf: (uri) => stateOf(uri, transcript) };
  }
  const { segments, provenance } = transcript;
  const name = fileName(transcriptUri(clip, undefined, format)).replace(/\.[^.]*$/, '');
  const content = exportFormats[format].write({ name, segments, notes: [], origin: provenance }, timeLinkTo(clip));
  return { content, format, stateOf: (uri) => stateOfExport(uri, content) };
}

/** What was written since the window opened, by Uri: the digest of the text. */
const writtenDigests = new Map<string, string>();

/** Whether nothing is lost when another text takes the place of a file that does not say where it comes from. */
async function stateOfExport(uri: vscode.Uri, content: string): Promise<'free' | Kept> {
  if (!(await exists(uri))) return 'free';
  const existing = openDocument(uri)?.isDirty === true ? undefined : await readContent(uri);
  if (existing === undefined) return 'unknown';
  return content.startsWith(existing.trimEnd()) || writtenDigests.get(uri.toString()) === digest(existing)
    ? 'free'
    : 'unknown';
}

/** Whether the file may be written over: it is not there, or it is Earshot's own work on the same recording, touched by nobody and no better. */
async function stateOf(uri: vscode.Uri, transcript: Transcript): Promise<'free' | 'other-recording' | Kept> {
  if (!(await exists(uri))) return 'free';
  const existing = await readTranscript(uri);
  if (existing === undefined || !existing.isUntouched || openDocument(uri)?.isDirty === true) return 'edited';
  const { sourceName, sourceSha256, completeUntilSeconds } = transcript.provenance;
  if (existing.sourceName !== sourceName) return 'other-recording';
  // The recording was replaced; what was said in the earlier one may be nowhere else any more.
  if (existing.sourceSha256 !== sourceSha256) return 'earlier-recording';
  if (completeUntilSeconds === undefined) return 'free';
  const reach = existing.segments.at(-1)?.endSeconds ?? 0;
  return !existing.isPartial || reach > completeUntilSeconds ? 'reaches-further' : 'free';
}

async function openUntitled({ content, format }: Draft): Promise<vscode.TextDocument> {
  return vscode.workspace.openTextDocument({ content, language: languageIds[format] });
}

/** `interview.vtt`, else `interview.m4a.vtt` (another recording has the name), else `interview.new.vtt`, `interview.new-2.vtt` … */
async function freeTarget(
  clip: vscode.Uri,
  { format, stateOf: stateFor }: Draft,
): Promise<{ readonly target: vscode.Uri; readonly kept?: NonNullable<SavedTranscript['kept']> }> {
  const first = transcriptUri(clip, undefined, format);
  const state = await stateFor(first);
  if (state === 'free') return { target: first };
  if (state === 'other-recording') {
    const target = transcriptUri(clip, extensionOf(clip), format);
    if ((await stateFor(target)) === 'free') return { target };
  }
  const kept = state === 'other-recording' ? {} : { kept: { uri: first, why: state } };
  for (let count = 1; ; count++) {
    const target = transcriptUri(clip, count === 1 ? 'new' : `new-${count}`, format);
    if ((await stateFor(target)) === 'free') return { target, ...kept };
  }
}

export function extensionOf(clip: vscode.Uri): string {
  return fileName(clip).split('.').at(-1) ?? '';
}

async function write(clip: vscode.Uri, draft: Draft, where: Saving['where']): Promise<SavedTranscript> {
  if (where === 'untitled') return { uri: (await openUntitled(draft)).uri };
  const { target, kept } = await freeTarget(clip, draft);
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(draft.content));
    writtenDigests.set(target.toString(), digest(draft.content));
    return { uri: target, ...(kept === undefined ? {} : { kept }) };
  } catch (error) {
    return {
      uri: (await openUntitled(draft)).uri,
      unsavedBecause: `${fileName(target)} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** A transcript that has a place, where it grows. */
export interface BegunTranscript {
  readonly document: vscode.TextDocument;
  readonly kept?: NonNullable<SavedTranscript['kept']>;
}

async function begin(
  clip: vscode.Uri,
  transcript: Transcript,
  where: Saving['where'],
): Promise<BegunTranscript | undefined> {
  const draft = draftOf(clip, transcript, 'vtt');
  if (where === 'untitled') return { document: await openUntitled(draft) };
  const unfinished = await unfinishedBeside(clip, transcript);
  if (unfinished !== undefined) return { document: unfinished };
  const { target, kept } = await freeTarget(clip, draft);
  // What is there already stays in sight until the new one is whole.
  if (kept?.why === 'reaches-further') return undefined;
  // Documents are kept for minutes after they were closed: this one does not know that the file is another now.
  if (openDocument(target) !== undefined) return undefined;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(draft.content));
  return { document: await vscode.workspace.openTextDocument(target), ...(kept === undefined ? {} : { kept }) };
}

/** The beginning that an earlier run has left, as nobody has edited it: it is gone on with. */
async function unfinishedBeside(clip: vscode.Uri, transcript: Transcript): Promise<vscode.TextDocument | undefined> {
  for (const uri of [transcriptUri(clip), transcriptUri(clip, extensionOf(clip))]) {
    if (!(await exists(uri))) continue;
    const content = openDocument(uri)?.getText() ?? (await readContent(uri));
    const existing = content === undefined ? undefined : parseTranscriptOrNothing(fileName(uri), content);
    if (existing === undefined || !existing.isUntouched || !existing.isPartial) continue;
    const { sourceName, sourceSha256 } = transcript.provenance;
    if (existing.sourceName === sourceName && existing.sourceSha256 === sourceSha256) {
      return vscode.workspace.openTextDocument(uri);
    }
  }
  return undefined;
}

/** The last writing that was begun: two recordings of one stem must not find the same name free at the same time. */
let writing: Promise<unknown> = Promise.resolve();

function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const done = writing.then(work);
  writing = done.catch(() => undefined);
  return done;
}

/**
 * Writes a transcript beside its recording. What a person edited, what belongs to another recording and what reaches further
 * is never written over: the new one then goes to a file of its own beside it. Where the folder cannot be written, the
 * transcript opens unsaved, so that it is not lost.
 */
export function saveTranscript(
  clip: vscode.Uri,
  transcript: Transcript,
  { where, format }: Saving,
): Promise<SavedTranscript> {
  return inTurn(() => write(clip, draftOf(clip, transcript, format), where));
}

/**
 * Gives a transcript that is still being made the place where `saveTranscript` would put it as WebVTT, so that it can grow there.
 * Undefined where a whole one stands already, which is not to be torn down for it.
 * @param transcript partial, as far as it is known
 * @throws whatever the file system says when it cannot be written
 */
export function beginTranscript(
  clip: vscode.Uri,
  transcript: Transcript,
  where: Saving['where'],
): Promise<BegunTranscript | undefined> {
  return inTurn(() => begin(clip, transcript, where));
}
