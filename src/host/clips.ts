import * as vscode from 'vscode';
import { EarshotError } from '../core/errors.js';
import { formatByteLength } from '../core/timecode.js';
import type { OpenClip } from '../workflows/ports.js';
import { urlAddressOf } from './urlClips.js';

/** `workspace.fs` has no ranged reads: a file that is not on this machine's disk must fit in memory whole. */
const maxRemoteByteLength = 500_000_000;

export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/**
 * In a remote window the chat and the Explorer may hand out `vscode-remote:` Uris for files that are on the disk right here,
 * next to the extension host.
 */
export function toLocalUri(uri: vscode.Uri, runsOnRemote: boolean): vscode.Uri {
  return uri.scheme === 'vscode-remote' && runsOnRemote ? uri.with({ scheme: 'file', authority: '' }) : uri;
}

/** @throws EarshotError `clip-unreadable`, `clip-too-large`, `no-clip` for a folder. */
export async function openClip(given: vscode.Uri, runsOnRemote: boolean): Promise<OpenClip> {
  const uri = toLocalUri(given, runsOnRemote);
  const name = fileName(uri);
  const address = urlAddressOf(uri);
  if (address !== undefined) return { uri: uri.toString(), name, source: { kind: 'url', ...address } };
  let stat: vscode.FileStat;
  try {
    stat = await vscode.workspace.fs.stat(uri);
  } catch (error) {
    const missing = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    throw new EarshotError(
      'clip-unreadable',
      missing
        ? `${name} is not there any more. Check whether it was moved, renamed or deleted, then try again.`
        : `${name} cannot be opened: ${error instanceof Error ? error.message : String(error)}. Check the file's permissions and the connection, then try again.`,
      { cause: error },
    );
  }
  if ((stat.type & vscode.FileType.Directory) !== 0) {
    throw new EarshotError('no-clip', `${name} is a folder. Pick the recordings in it.`);
  }
  if (uri.scheme === 'file') return { uri: uri.toString(), name, source: { kind: 'file', name, path: uri.fsPath } };
  if (stat.size > maxRemoteByteLength) {
    throw new EarshotError(
      'clip-too-large',
      `${name} has ${formatByteLength(stat.size)}. Files that are not on this machine's disk (${uri.scheme}:) can have at most ${formatByteLength(maxRemoteByteLength)}: copy it to a local folder first.`,
    );
  }
  const bytes = await vscode.workspace.fs.readFile(uri);
  return { uri: uri.toString(), name, source: { kind: 'bytes', name, bytes } };
}
