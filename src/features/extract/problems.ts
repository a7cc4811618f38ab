import type { findNodeAtLocation, Node } from 'jsonc-parser';
import * as vscode from 'vscode';
import { toEarshotError } from '../../core/errors.js';
import { isJsonObject } from '../../core/extraction/json.js';
import { parsePointer } from '../../core/extraction/jsonPointer.js';
import { compileSchema, type SchemaValidator } from '../../workflows/schemaValidator.js';
import type { Log } from '../../host/log.js';
import { evidenceUri, isResult, readEvidenceFile } from './resultFiles.js';

const source = 'Earshot';
const typingPauseMilliseconds = 300;

function nodeAt(root: Node, pointer: string, find: typeof findNodeAtLocation): Node {
  let node = root;
  for (const step of parsePointer(pointer) ?? []) {
    const next = find(node, [node.type === 'array' ? Number(step) : step]);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** An object as a whole would underline all of it: its first line says enough. */
function rangeOf(document: vscode.TextDocument, { offset, length }: Node): vscode.Range {
  const whole = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
  return whole.isSingleLine ? whole : new vscode.Range(whole.start, document.lineAt(whole.start.line).range.end);
}

/** What is wrong with open results by their schemas, as problems, while they are edited as well. */
export class ResultProblems {
  readonly #collection = vscode.languages.createDiagnosticCollection('earshot-extraction');
  readonly #pauses = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #found = new Map<string, readonly vscode.Diagnostic[]>();
  readonly #subscriptions: readonly vscode.Disposable[];

  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => void this.#check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.#checkSoon(document);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        clearTimeout(this.#pauses.get(uri.toString()));
        this.#pauses.delete(uri.toString());
        this.#found.delete(uri.toString());
        this.#collection.delete(uri);
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        for (const uri of uris) this.#show(uri);
      }),
    ];
    for (const document of vscode.workspace.textDocuments) void this.#check(document);
  }

  #checkSoon(document: vscode.TextDocument): void {
    if (!isResult(document.uri)) return;
    const key = document.uri.toString();
    clearTimeout(this.#pauses.get(key));
    this.#pauses.set(
      key,
      setTimeout(() => void this.#check(document), typingPauseMilliseconds),
    );
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    try {
      await this.#find(document);
    } catch (error) {
      this.#log.error(toEarshotError(error));
    }
  }

  async #find(document: vscode.TextDocument): Promise<void> {
    if (!isResult(document.uri)) return;
    const { version } = document;
    const validate = await this.#validatorOf(document.uri);
    if (validate === undefined || document.isClosed || document.version !== version) return;
    const found = await problemsOf(document, validate);
    if (document.version !== version) return;
    this.#found.set(document.uri.toString(), found);
    this.#show(document.uri);
  }

  async #validatorOf(uri: vscode.Uri): Promise<SchemaValidator | undefined> {
    const schema = (await readEvidenceFile(evidenceUri(uri)))?.['schema'];
    if (!isJsonObject(schema)) return undefined;
    try {
      return await compileSchema(schema, 'The schema');
    } catch {
      // Somebody edited it there; the JSON support says what is wrong.
      return undefined;
    }
  }

  /** What VS Code's own JSON support says at the same place is not said twice. */
  #show(uri: vscode.Uri): void {
    const found = this.#found.get(uri.toString());
    if (found === undefined) return;
    const others = vscode.languages.getDiagnostics(uri).filter((one) => one.source !== source);
    const news = found.filter(({ range }) => !others.some((other) => other.range.intersection(range) !== undefined));
    const shown = this.#collection.get(uri) ?? [];
    const isSame = shown.length === news.length && shown.every((one, index) => one === news[index]);
    if (!isSame) this.#collection.set(uri, news);
  }

  dispose(): void {
    for (const pause of this.#pauses.values()) clearTimeout(pause);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#collection.dispose();
  }
}

async function problemsOf(document: vscode.TextDocument, validate: SchemaValidator): Promise<vscode.Diagnostic[]> {
  const text = document.getText();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The JSON support says where it breaks off.
    return [];
  }
  // Its other build, which is the first choice of bundlers for Node, cannot be bundled.
  const parser = await import('jsonc-parser/lib/esm/main.js');
  const root = parser.parseTree(text);
  if (root === undefined) return [];
  return validate(value).map(({ pointer, message }) => {
    const problem = new vscode.Diagnostic(
      rangeOf(document, nodeAt(root, pointer, parser.findNodeAtLocation)),
      `${pointer === '' ? 'The data' : pointer} ${message}`,
      vscode.DiagnosticSeverity.Error,
    );
    problem.source = source;
    return problem;
  });
}
