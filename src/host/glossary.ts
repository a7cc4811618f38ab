import * as vscode from 'vscode';
import { type Glossary, joinGlossaries, readGlossaryText } from '../core/glossary.js';
import { readSettings } from './settings.js';

const folderFile = ['.earshot', 'glossary.txt'] as const;
/** Far more than a thousand terms. */
const mostBytes = 1_000_000;

async function folderTerms(
  scope: vscode.Uri | undefined,
): Promise<{ readonly terms: readonly string[]; readonly tooLarge: boolean }> {
  const folder = scope === undefined ? undefined : vscode.workspace.getWorkspaceFolder(scope);
  if (folder === undefined) return { terms: [], tooLarge: false };
  const uri = vscode.Uri.joinPath(folder.uri, ...folderFile);
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > mostBytes) return { terms: [], tooLarge: true };
    return {
      terms: readGlossaryText(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))),
      tooLarge: false,
    };
  } catch {
    // Most folders have none.
    return { terms: [], tooLarge: false };
  }
}

/**
 * The names and terms for a recording: the setting, and `.earshot/glossary.txt` of its workspace folder. Read anew each time,
 * so that a change counts from the next request on.
 */
export async function readGlossary(scope?: vscode.Uri): Promise<Glossary> {
  const { terms, tooLarge } = await folderTerms(scope);
  const glossary = joinGlossaries('the glossary', readSettings(scope).glossary, terms);
  if (!tooLarge) return glossary;
  const problem = `${folderFile.join('/')} is larger than 1 MB and is left out. Write one term on each line.`;
  return { ...glossary, problems: [problem, ...glossary.problems] };
}
