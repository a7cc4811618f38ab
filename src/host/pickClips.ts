import * as vscode from 'vscode';
import { audioFileExtensions } from '../core/media.js';
import { fileName } from './clips.js';

export function looksLikeAudio(uri: vscode.Uri): boolean {
  return audioFileExtensions.some((extension) => fileName(uri).toLowerCase().endsWith(`.${extension}`));
}

/** The recording in the active editor, also when a preview of some kind shows it. */
export function activeClip(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText) {
    return looksLikeAudio(input.uri) ? input.uri : undefined;
  }
  return undefined;
}

const maxListed = 500;

/** For the palette: asks for recordings, those of the workspace first. Undefined when the user turns away. */
export async function pickClips(title: string): Promise<readonly vscode.Uri[] | undefined> {
  const active = activeClip();
  if (active !== undefined) return [active];
  const found = await vscode.workspace.findFiles(
    `**/*.{${audioFileExtensions.join(',')}}`,
    '**/{node_modules,.git}/**',
    maxListed,
  );
  interface Item extends vscode.QuickPickItem {
    readonly uri?: vscode.Uri;
  }
  const browse: Item = { label: '$(folder-opened) Browse…', alwaysShow: true };
  if (found.length > 0) {
    const items: Item[] = found
      .map((uri) => ({ uri, path: vscode.workspace.asRelativePath(uri) }))
      .sort((left, right) => left.path.localeCompare(right.path))
      .map(({ uri, path }) => ({
        label: `$(unmute) ${fileName(uri)}`,
        ...(path === fileName(uri) ? {} : { description: path }),
        uri,
      }));
    const picked = await vscode.window.showQuickPick([browse, ...items], {
      title,
      placeHolder: 'Pick one or more recordings',
      canPickMany: true,
      matchOnDescription: true,
    });
    if (picked === undefined || picked.length === 0) return undefined;
    if (!picked.includes(browse)) return picked.flatMap((item) => (item.uri === undefined ? [] : [item.uri]));
  }
  return vscode.window.showOpenDialog({
    title,
    canSelectMany: true,
    openLabel: 'Open',
    filters: { 'Audio and video': [...audioFileExtensions], 'All files': ['*'] },
  });
}
