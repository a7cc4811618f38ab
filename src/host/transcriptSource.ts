import * as vscode from 'vscode';
import { EarshotError } from '../core/errors.js';
import type { ExportedTranscript } from '../core/formats/exportedTranscript.js';
import { formatByteLength } from '../core/timecode.js';
import { readTranscriptText } from '../workflows/readTranscriptText.js';
import { fileName } from './clips.js';

const maxTranscriptByteLength = 50_000_000;
const maxListed = 500;
const extensions = ['vtt', 'srt'];

export const looksLikeTranscript = (uri: vscode.Uri): boolean =>
  extensions.some((extension) => fileName(uri).toLowerCase().endsWith(`.${extension}`));

async function contentOf(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size <= maxTranscriptByteLength) {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    }
    throw new EarshotError(
      'transcript-unreadable',
      `${fileName(uri)} has ${formatByteLength(size)}; a transcript can have at most ${formatByteLength(maxTranscriptByteLength)}. Pick another file.`,
    );
  } catch (error) {
    if (error instanceof EarshotError) throw error;
    throw new EarshotError(
      'transcript-unreadable',
      `${fileName(uri)} cannot be opened: ${error instanceof Error ? error.message : String(error)}. Check whether it was moved or deleted.`,
      { cause: error },
    );
  }
}

/**
 * A transcript as it stands in its editor, saved or not, else on disk.
 * @throws EarshotError `transcript-unreadable`, also when there is not one cue in it.
 */
export async function openTranscript(uri: vscode.Uri): Promise<ExportedTranscript> {
  const transcript = readTranscriptText(fileName(uri), await contentOf(uri));
  if (transcript.segments.length === 0) {
    throw new EarshotError(
      'transcript-unreadable',
      `${fileName(uri)} holds no cue. Transcribe the recording again, or pick another file.`,
    );
  }
  return transcript;
}

/** The transcript in the active editor: a .vtt or .srt file, or JSON in which there is a transcript. */
export function activeTranscript(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) return undefined;
  if (looksLikeTranscript(document.uri) || document.languageId === 'vtt') return document.uri;
  if (document.languageId !== 'json') return undefined;
  try {
    readTranscriptText(fileName(document.uri), document.getText());
    return document.uri;
  } catch {
    // Some other JSON: the user is asked.
    return undefined;
  }
}

/** Asks for a transcript of the workspace or any other. Undefined when the user turns away. */
export async function pickTranscript(title: string, without?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(
    `**/*.{${extensions.join(',')}}`,
    '**/{node_modules,.git}/**',
    maxListed,
  );
  interface Item extends vscode.QuickPickItem {
    readonly uri?: vscode.Uri;
  }
  const items: Item[] = found
    .filter((uri) => uri.toString() !== without?.toString())
    .map((uri) => ({ uri, path: vscode.workspace.asRelativePath(uri) }))
    .sort((left, right) => left.path.localeCompare(right.path))
    .map(({ uri, path }) => ({
      label: `$(note) ${fileName(uri)}`,
      ...(path === fileName(uri) ? {} : { description: path }),
      uri,
    }));
  if (items.length > 0) {
    const browse: Item = { label: '$(folder-opened) Browse…', alwaysShow: true };
    const picked = await vscode.window.showQuickPick([browse, ...items], {
      title,
      placeHolder: 'Pick a transcript',
      matchOnDescription: true,
    });
    if (picked === undefined) return undefined;
    if (picked.uri !== undefined) return picked.uri;
  }
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: 'Open',
    filters: { Transcripts: ['vtt', 'srt', 'json'], 'All files': ['*'] },
  });
  return chosen?.[0];
}
