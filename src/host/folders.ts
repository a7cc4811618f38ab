import { openFile } from './fileSource.js';
import * as vscode from 'vscode';
import { sniff } from '../audio/sniff.js';
import { looksLikeAudio } from './pickClips.js';
import { fileName } from './clips.js';
import { throwIfCancelled } from '../core/errors.js';

/** Tells folders from files; what cannot be looked at counts as a file, and opening it says why. */
export async function splitFolders(
  uris: readonly vscode.Uri[],
): Promise<{ readonly files: readonly vscode.Uri[]; readonly folders: readonly vscode.Uri[] }> {
  const files: vscode.Uri[] = [];
  const folders: vscode.Uri[] = [];
  for (const uri of uris) {
    const type = await vscode.workspace.fs.stat(uri).then(
      (stat) => stat.type,
      () => vscode.FileType.Unknown,
    );
    ((type & vscode.FileType.Directory) === 0 ? files : folders).push(uri);
  }
  return { files, folders };
}

const leftOut = ['node_modules', '.git'];

/**
 * Everything under a folder, in no order. On a disk VS Code's own search lists it: it keeps to `files.exclude` and comes to an
 * end where links lead round in circles. Other places are walked without following links.
 */
async function* filesUnder(folder: vscode.Uri, signal: AbortSignal): AsyncGenerator<vscode.Uri> {
  if (folder.scheme === 'file') {
    const source = new vscode.CancellationTokenSource();
    const cancel = (): void => {
      source.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const pattern = new vscode.RelativePattern(folder, '**/*');
      yield* await vscode.workspace.findFiles(pattern, `**/{${leftOut.join(',')}}/**`, undefined, source.token);
    } finally {
      signal.removeEventListener('abort', cancel);
      source.dispose();
    }
    return;
  }
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    throwIfCancelled(signal);
    for (const [name, type] of await vscode.workspace.fs.readDirectory(next)) {
      const uri = vscode.Uri.joinPath(next, name);
      if (type === vscode.FileType.Directory && !leftOut.includes(name)) waiting.push(uri);
      else if ((type & vscode.FileType.File) !== 0) yield uri;
    }
  }
}

/** Names that recordings have now and then, and other files mostly. */
const doubtful = /(?:\.(?:ts|mts|dat|bin|tmp)|\/[^./]+)$/i;

/** Looks at the beginning of a file on this machine's disk. */
async function holdsSound(uri: vscode.Uri, signal: AbortSignal): Promise<boolean> {
  if (uri.scheme !== 'file') return false;
  try {
    const source = await openFile(fileName(uri), uri.fsPath);
    try {
      // Text has no zeros; most files with such names are text.
      if (!(await source.read(0, 4096, signal)).includes(0)) return false;
      await sniff(source, signal);
      return true;
    } finally {
      await source.close();
    }
  } catch {
    // Something else, or not to be read: nobody said that it is a recording.
    throwIfCancelled(signal);
    return false;
  }
}

/**
 * All recordings under a folder, by their paths: those whose names say so, and those of doubtful names in which there is sound.
 * @throws EarshotError `cancelled`
 */
export async function recordingsUnder(
  folder: vscode.Uri,
  signal: AbortSignal,
  onProgress: (found: number) => void,
): Promise<readonly vscode.Uri[]> {
  const found: vscode.Uri[] = [];
  for await (const uri of filesUnder(folder, signal)) {
    throwIfCancelled(signal);
    if (!looksLikeAudio(uri) && !(doubtful.test(uri.path) && (await holdsSound(uri, signal)))) continue;
    found.push(uri);
    onProgress(found.length);
  }
  throwIfCancelled(signal);
  return found.sort((one, other) => one.path.localeCompare(other.path, undefined, { numeric: true }));
}
