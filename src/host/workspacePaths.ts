import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { EarshotError } from '../core/errors.js';

/** A file that a model named. */
export interface NamedFile {
  /** With links followed where it is on this machine's disk: what is shown is what is read. */
  readonly uri: vscode.Uri;
  /** For people: relative to the workspace, or the whole path. */
  readonly shown: string;
  readonly isOutside: boolean;
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The path with links followed, as far as it exists: a file that is about to be written has only a folder. */
async function followed(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    return join(await followed(parent), path.slice(parent.length).replace(/^[\\/]+/, ''));
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

/** Where a name may point: below each folder of the workspace, or below the one whose name it begins with. */
function candidates(name: string, folders: readonly vscode.WorkspaceFolder[]): readonly vscode.Uri[] {
  const plain = name.replaceAll('\\', '/');
  const named = folders.filter((folder) => plain.startsWith(`${folder.name}/`));
  return [
    ...folders.map((folder) => vscode.Uri.joinPath(folder.uri, plain)),
    ...named.map((folder) => vscode.Uri.joinPath(folder.uri, plain.slice(folder.name.length + 1))),
  ];
}

async function onDisk(path: string, folders: readonly vscode.WorkspaceFolder[]): Promise<NamedFile> {
  const real = await followed(path);
  for (const folder of folders) {
    if (folder.uri.scheme !== 'file' || !isWithin(await followed(folder.uri.fsPath), real)) continue;
    return { uri: vscode.Uri.file(real), shown: vscode.workspace.asRelativePath(path), isOutside: false };
  }
  const home = homedir();
  const shown = isWithin(home, real) ? join('~', relative(home, real)) : real;
  return { uri: vscode.Uri.file(real), shown, isOutside: true };
}

function elsewhere(uri: vscode.Uri, folders: readonly vscode.WorkspaceFolder[]): NamedFile {
  const isInside = folders.some(({ uri: folder }) => {
    const root = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
    return uri.scheme === folder.scheme && uri.authority === folder.authority && uri.path.startsWith(root);
  });
  return { uri, shown: isInside ? vscode.workspace.asRelativePath(uri) : uri.toString(true), isOutside: !isInside };
}

/**
 * The file that a model means: a path in the workspace, an absolute path, or a `file:` address. Whether it is outside of the
 * workspace is judged after `..` and links have been followed.
 * @throws EarshotError `invalid-argument` for addresses of any other kind, and for a path in no workspace.
 */
export async function findNamedFile(name: string): Promise<NamedFile> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const given = name.trim();
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(given)?.[1]?.toLowerCase();
  if (given === '' || given.includes('\0')) {
    throw new EarshotError('invalid-argument', 'The path of the file is empty. Give one that is in the workspace.');
  }
  if (scheme !== undefined) {
    const uri = vscode.Uri.parse(given, true);
    if (scheme === 'file' && uri.authority === '') return onDisk(uri.fsPath, folders);
    const normal = vscode.Uri.joinPath(uri, '.');
    const found = elsewhere(normal, folders);
    if (!found.isOutside) return found;
    throw new EarshotError('invalid-argument', `${given} is no path of a file. Give one that is in the workspace.`);
  }
  if (isAbsolute(given)) return onDisk(given, folders);
  const [first, ...others] = candidates(given, folders);
  if (first === undefined) {
    throw new EarshotError(
      'invalid-argument',
      `No folder is open, so ${given} could be anywhere. Give the whole path, or open a folder.`,
    );
  }
  let found = first;
  for (const other of [first, ...others]) {
    if (!(await exists(other))) continue;
    found = other;
    break;
  }
  return found.scheme === 'file' ? onDisk(found.fsPath, folders) : elsewhere(found, folders);
}
