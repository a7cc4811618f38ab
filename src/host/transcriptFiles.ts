import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { parseTranscript, serialiseTranscript, type TranscriptFile } from '../core/formats/transcriptFile.js';
import type { Transcript } from '../core/transcript.js';
import { fileName } from './clips.js';

const maxTranscriptByteLength = 50_000_000;

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface SavedTranscript {
  readonly uri: vscode.Uri;
  /** A file that a person edited, which stood where the transcript should have gone and was left alone. */
  readonly kept?: vscode.Uri;
  /** Why it is not on disk but in an unsaved document. */
  readonly unsavedBecause?: string;
}

/** `interview.m4a` → `interview.vtt`; with a tag `interview.TAG.vtt`. */
export function transcriptUri(clip: vscode.Uri, tag?: string): vscode.Uri {
  const name = fileName(clip);
  const stem = name.replace(/\.[^.]*$/, '') || name;
  return vscode.Uri.joinPath(clip, '..', `${stem}${tag === undefined ? '' : `.${tag}`}.vtt`);
}

/** Undefined when there is no such file or it is no transcript that could be ours. */
export async function readTranscript(uri: vscode.Uri): Promise<TranscriptFile | undefined> {
  try {
    const stat = await vscode.workspace.fs.stat(uri);
    if (stat.size > maxTranscriptByteLength) return undefined;
    const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return parseTranscript(fileName(uri), content, digest);
  } catch {
    // Not there, not readable or not WebVTT: nothing to reuse. Writing looks again and spares what it finds.
    return undefined;
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

function isDirty(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some(
    (document) => document.isDirty && document.uri.toString() === uri.toString(),
  );
}

/** Whether the file may be written over: it is not there, or it is Earshot's own work on the same recording, which nobody has touched. */
async function stateOf(uri: vscode.Uri, sourceName: string): Promise<'free' | 'edited' | 'other-recording'> {
  if (!(await exists(uri))) return 'free';
  const existing = await readTranscript(uri);
  if (existing === undefined || !existing.isUntouched || isDirty(uri)) return 'edited';
  return existing.sourceName === sourceName ? 'free' : 'other-recording';
}

export async function openUntitled(content: string): Promise<vscode.Uri> {
  const document = await vscode.workspace.openTextDocument({ content, language: 'vtt' });
  return document.uri;
}

/** `interview.vtt`, else `interview.m4a.vtt` (another recording has the name), else `interview.new.vtt`, `interview.new-2.vtt` … */
async function freeTarget(clip: vscode.Uri): Promise<{ readonly target: vscode.Uri; readonly kept?: vscode.Uri }> {
  const name = fileName(clip);
  const first = transcriptUri(clip);
  const state = await stateOf(first, name);
  if (state === 'free') return { target: first };
  const kept = state === 'edited' ? { kept: first } : {};
  if (state === 'other-recording') {
    const target = transcriptUri(clip, name.split('.').at(-1));
    if ((await stateOf(target, name)) === 'free') return { target };
  }
  for (let count = 1; ; count++) {
    const target = transcriptUri(clip, count === 1 ? 'new' : `new-${count}`);
    if ((await stateOf(target, name)) === 'free') return { target, ...kept };
  }
}

/**
 * Writes a transcript beside its recording. What a person edited is never written over: the new one then goes to a file of its
 * own beside it. Where the folder cannot be written, the transcript opens unsaved, so that it is not lost.
 */
export async function saveTranscript(
  clip: vscode.Uri,
  transcript: Transcript,
  where: 'beside' | 'untitled',
): Promise<SavedTranscript> {
  const content = serialiseTranscript(transcript, digest);
  if (where === 'untitled') return { uri: await openUntitled(content) };
  const { target, kept } = await freeTarget(clip);
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(content));
    return { uri: target, ...(kept === undefined ? {} : { kept }) };
  } catch (error) {
    return {
      uri: await openUntitled(content),
      unsavedBecause: `${fileName(target)} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
