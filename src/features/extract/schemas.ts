import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { isJsonObject, type JsonObject } from '../../core/extraction/json.js';
import { fileName } from '../../host/clips.js';

/** A schema to extract by. */
export interface NamedSchema {
  /** Goes into file names. */
  readonly name: string;
  readonly schema: JsonObject;
}

/** Files in media/schemas, each named so. */
export const builtInSchemas = [
  { name: 'meeting-minutes', label: 'Meeting minutes', detail: 'Topics, decisions, action items, open questions' },
  { name: 'action-items', label: 'Action items', detail: 'Who does what until when' },
  { name: 'interview', label: 'Interview questions and answers', detail: 'Every question with its answer and quotes' },
  {
    name: 'call-summary',
    label: 'Call summary',
    detail: 'Reason, resolution, sentiment and follow-ups of a customer call',
  },
  { name: 'contact-details', label: 'Contact details', detail: 'Names, numbers and addresses that are given' },
  { name: 'bug-report', label: 'Bug report', detail: 'Steps, expected and actual behaviour, environment' },
] as const;

const suffix = /(?:\.schema)?\.json$/i;
const maxListed = 200;
const maxSchemaByteLength = 2_000_000;

/** As a part of a file's name. */
export function slugOf(words: string): string {
  const slug = words
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  return slug.slice(0, 40).replace(/-+$/, '') || 'data';
}

/** @throws EarshotError `invalid-schema`. */
export function parseSchema(name: string, content: string): JsonObject {
  try {
    const value: unknown = JSON.parse(content);
    if (isJsonObject(value)) return value;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EarshotError('invalid-schema', `${name} is no JSON: ${why}. Correct it and try again.`, { cause: error });
  }
  throw new EarshotError('invalid-schema', `${name} is no JSON Schema: it holds no object. Pick another file.`);
}

/** @throws EarshotError `invalid-schema`, also when it cannot be opened. */
export async function readSchema(uri: vscode.Uri): Promise<NamedSchema> {
  const name = fileName(uri);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return { name: slugOf(name.replace(suffix, '')), schema: parseSchema(name, open.getText()) };
  let bytes: Uint8Array;
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > maxSchemaByteLength) throw new Error('it is too large');
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EarshotError('invalid-schema', `${name} cannot be opened: ${why}. Pick another file.`, { cause: error });
  }
  return { name: slugOf(name.replace(suffix, '')), schema: parseSchema(name, new TextDecoder().decode(bytes)) };
}

/** A schema that other code hands over as an object. */
export function givenSchema(schema: JsonObject): NamedSchema {
  const { title } = schema;
  return { name: slugOf(typeof title === 'string' ? title : 'data'), schema };
}

export type PickedSchema = { readonly uri: vscode.Uri } | 'describe';

/** Asks for a schema: those of the workspace, the built-in ones, any file, or in words. Undefined when the user turns away. */
export async function pickSchema(extensionUri: vscode.Uri): Promise<PickedSchema | undefined> {
  interface Item extends vscode.QuickPickItem {
    readonly uri?: vscode.Uri;
    readonly does?: 'describe' | 'browse';
  }
  const found = await vscode.workspace.findFiles('**/*.schema.json', '**/{node_modules,.git}/**', maxListed);
  const ofWorkspace: Item[] = found
    .map((uri) => ({ label: `$(json) ${fileName(uri)}`, description: vscode.workspace.asRelativePath(uri), uri }))
    .sort((left, right) => left.description.localeCompare(right.description));
  const builtIn: Item[] = builtInSchemas.map(({ name, label, detail }) => ({
    label: `$(symbol-structure) ${label}`,
    detail,
    uri: vscode.Uri.joinPath(extensionUri, 'media', 'schemas', `${name}.schema.json`),
  }));
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const items: Item[] = [
    { label: '$(edit) Describe the fields…', detail: 'A model writes a schema for you to look over', does: 'describe' },
    ...(ofWorkspace.length === 0 ? [] : [separator('In this workspace'), ...ofWorkspace]),
    separator('Built in'),
    ...builtIn,
    separator('Elsewhere'),
    { label: '$(folder-opened) Browse…', does: 'browse' },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Extract Data from Audio',
    placeHolder: 'What to extract: pick a JSON Schema',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked?.does === 'describe') return 'describe';
  if (picked?.does !== 'browse') return picked?.uri === undefined ? undefined : { uri: picked.uri };
  const chosen = await vscode.window.showOpenDialog({
    title: 'Pick a JSON Schema',
    openLabel: 'Use',
    filters: { 'JSON Schema': ['json'], 'All files': ['*'] },
  });
  return chosen?.[0] === undefined ? undefined : { uri: chosen[0] };
}
