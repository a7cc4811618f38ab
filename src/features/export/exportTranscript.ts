import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import type { ExportedTranscript } from '../../core/formats/exportedTranscript.js';
import { exportFormats, isExportFormat, type ExportFormatName } from '../../core/formats/exportFormats.js';
import { fileName } from '../../host/clips.js';
import { playable } from '../../host/playable.js';
import { timeLinkTo } from '../../host/timeLink.js';
import { openTranscript } from '../../host/transcriptSource.js';
import { writeDocx } from '../../host/writeDocx.js';

export interface ExportArguments {
  readonly format?: ExportFormatName;
  /** A file, written over if it is there; `beside` finds a free name next to the transcript. Absent: the user is asked. */
  readonly target?: vscode.Uri | 'beside';
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

const extensionOf = (uri: vscode.Uri): string => fileName(uri).split('.').at(-1)?.toLowerCase() ?? '';

async function contentFor(uri: vscode.Uri, transcript: ExportedTranscript, format: ExportFormatName) {
  const linkTo = timeLinkTo(await playable(uri, transcript.origin));
  if (format === 'docx') return writeDocx(transcript, linkTo);
  return new TextEncoder().encode(exportFormats[format].write(transcript, linkTo));
}

async function pickFormat(uri: vscode.Uri): Promise<ExportFormatName | undefined> {
  const items = Object.entries(exportFormats).map(([name, { label, description }]) => ({
    label,
    description: `.${name}`,
    detail: description,
    name,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Export ${fileName(uri)} As…`,
    placeHolder: 'Pick a format',
    matchOnDescription: true,
  });
  return picked !== undefined && isExportFormat(picked.name) ? picked.name : undefined;
}

/** `interview.srt`, else `interview-2.srt`, `interview-3.srt` … */
async function freeBeside(uri: vscode.Uri, name: string, format: ExportFormatName): Promise<vscode.Uri> {
  for (let count = 1; ; count++) {
    const target = vscode.Uri.joinPath(uri, '..', `${name}${count === 1 ? '' : `-${count}`}.${format}`);
    if (!(await exists(target))) return target;
  }
}

async function askTarget(uri: vscode.Uri, name: string, format: ExportFormatName): Promise<vscode.Uri | undefined> {
  const folder =
    uri.scheme === 'untitled' ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.joinPath(uri, '..');
  return vscode.window.showSaveDialog({
    title: 'Export Transcript As…',
    filters: { [exportFormats[format].label]: [format] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${name}.${format}`) }),
  });
}

/**
 * Writes a transcript in another format. Undefined when the user turns away.
 * @throws EarshotError `transcript-unreadable`, `target-unwritable`.
 */
export async function exportTranscript(uri: vscode.Uri, given: ExportArguments): Promise<vscode.Uri | undefined> {
  const transcript = await openTranscript(uri);
  const ofTarget = given.target instanceof vscode.Uri ? extensionOf(given.target) : '';
  const format = given.format ?? (isExportFormat(ofTarget) ? ofTarget : await pickFormat(uri));
  if (format === undefined) return undefined;
  const target =
    given.target instanceof vscode.Uri
      ? given.target
      : given.target === 'beside'
        ? await freeBeside(uri, transcript.name, format)
        : await askTarget(uri, transcript.name, format);
  if (target === undefined) return undefined;
  if (target.toString() === uri.toString()) {
    throw new EarshotError(
      'target-unwritable',
      `${fileName(uri)} is the transcript itself, which an export never writes over. Choose another name.`,
    );
  }
  const content = await contentFor(uri, transcript, format);
  try {
    await vscode.workspace.fs.writeFile(target, content);
  } catch (error) {
    throw new EarshotError(
      'target-unwritable',
      `${fileName(target)} could not be written: ${error instanceof Error ? error.message : String(error)}. Choose another folder.`,
      { cause: error },
    );
  }
  return target;
}
