import * as vscode from 'vscode';
import { isJsonObject, type JsonObject } from '../../core/extraction/json.js';
import type { ExtractionProvenance } from '../../core/extraction/provenance.js';
import { fileName } from '../../host/clips.js';
import { digest } from '../../host/transcriptFiles.js';

const dataSuffix = '.extract.json';
const evidenceSuffix = '.extract.evidence.json';

export function isResult(uri: vscode.Uri): boolean {
  return uri.path.endsWith(dataSuffix);
}

/** `interview.minutes.extract.json` → `interview.minutes.extract.evidence.json`. */
export function evidenceUri(data: vscode.Uri): vscode.Uri {
  return data.with({ path: data.path.slice(0, -dataSuffix.length) + evidenceSuffix });
}

export function dataUri(evidence: vscode.Uri): vscode.Uri {
  return evidence.with({ path: evidence.path.slice(0, -evidenceSuffix.length) + dataSuffix });
}

export const evidencePattern = `**/*${evidenceSuffix}`;

/** `interview.m4a` and `minutes` → `interview.minutes.extract.json`; with a tag `interview.minutes.TAG.extract.json`. */
function resultUri(clip: vscode.Uri, schemaName: string, tag: string): vscode.Uri {
  const name = fileName(clip);
  const stem = name.replace(/\.[^.]*$/, '') || name;
  return vscode.Uri.joinPath(clip, '..', `${stem}.${schemaName}${tag}${dataSuffix}`);
}

export async function readText(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // Not there or not readable: writing looks again and spares what it finds.
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

/** What stands in the file beside a result; undefined where there is none that could be ours. */
export async function readEvidenceFile(uri: vscode.Uri): Promise<JsonObject | undefined> {
  try {
    const value: unknown = JSON.parse((await readText(uri)) ?? '');
    return isJsonObject(value) && isJsonObject(value['schema']) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a result may be written over: nothing is there, or our own work on the same recording that nobody touched. */
async function isFree(data: vscode.Uri, sourceSha256: string): Promise<boolean> {
  if (!(await exists(data))) return !(await exists(evidenceUri(data)));
  const isDirty = vscode.workspace.textDocuments.some(
    (document) => document.isDirty && document.uri.toString() === data.toString(),
  );
  const before = await readEvidenceFile(evidenceUri(data));
  const content = await readText(data);
  return (
    !isDirty &&
    content !== undefined &&
    before?.['sourceSha256'] === sourceSha256 &&
    // One that is valid may be worth more than the new one.
    before['isValid'] !== true &&
    before['dataSha256'] === digest(content)
  );
}

export interface SavedResult {
  readonly uri: vscode.Uri;
  /** Why it is not on disk but in an unsaved document. */
  readonly unsavedBecause?: string;
}

/** The last save that was begun: two must not find the same name free at the same time. */
let saving: Promise<unknown> = Promise.resolve();

async function write(
  clip: vscode.Uri,
  value: unknown,
  provenance: Omit<ExtractionProvenance, 'dataSha256'>,
): Promise<SavedResult> {
  const content = `${JSON.stringify(value, null, 2)}\n`;
  const evidence: ExtractionProvenance = { ...provenance, dataSha256: digest(content) };
  let target = resultUri(clip, provenance.schemaName, '');
  for (let count = 1; !(await isFree(target, provenance.sourceSha256)); count++) {
    target = resultUri(clip, provenance.schemaName, count === 1 ? '.new' : `.new-${count}`);
  }
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  try {
    // Beside it first: where the data is, what it is bound to is there as well.
    await vscode.workspace.fs.writeFile(evidenceUri(target), encode(`${JSON.stringify(evidence, null, 2)}\n`));
    await vscode.workspace.fs.writeFile(target, encode(content));
    return { uri: target };
  } catch (error) {
    const document = await vscode.workspace.openTextDocument({ content, language: 'json' });
    const why = error instanceof Error ? error.message : String(error);
    return { uri: document.uri, unsavedBecause: `${fileName(target)} could not be written: ${why}` };
  }
}

/**
 * Writes data beside its recording, and what it rests on beside the data. What a person edited and what is valid is never
 * written over: the new one goes to a name of its own. Where the folder cannot be written, the data opens unsaved.
 */
export function saveResult(
  clip: vscode.Uri,
  value: unknown,
  provenance: Omit<ExtractionProvenance, 'dataSha256'>,
): Promise<SavedResult> {
  const saved = saving.then(() => write(clip, value, provenance));
  saving = saved.catch(() => undefined);
  return saved;
}

/** A file of several recordings' data, under a name that is free: `extract.minutes.jsonl`, `extract.minutes-2.jsonl` … */
export async function saveTable(
  clip: vscode.Uri,
  schemaName: string,
  files: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, vscode.Uri>>> {
  for (let count = 1; ; count++) {
    const stem = `extract.${schemaName}${count === 1 ? '' : `-${count}`}`;
    const targets = Object.keys(files).map(
      (extension) => [extension, vscode.Uri.joinPath(clip, '..', `${stem}.${extension}`)] as const,
    );
    if ((await Promise.all(targets.map(([, uri]) => exists(uri)))).includes(true)) continue;
    for (const [extension, uri] of targets) {
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(files[extension] ?? ''));
    }
    return Object.fromEntries(targets);
  }
}
