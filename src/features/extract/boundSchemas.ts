import * as vscode from 'vscode';
import { isJsonObject } from '../../core/extraction/json.js';
import { digest } from '../../host/transcriptFiles.js';
import { dataUri, evidencePattern, readEvidenceFile } from './resultFiles.js';

/** Where VS Code's JSON support looks up which schema a result is bound to; package.json names the first file of it. */
export const boundSchemaScheme = 'earshot-schemas';
const associationsPath = '/associations.json';
const maxFound = 500;

/** A path as a pattern that matches it alone: letters that mean something in patterns stand for any one letter. */
function patternOf(uri: vscode.Uri): string {
  return uri.toString(true).replaceAll(/[*?[\]{}()!,\\]/g, '?');
}

function readOnly(): never {
  throw vscode.FileSystemError.NoPermissions('These schemas are made, not stored.');
}

/**
 * A folder that exists in memory only: the list of results with their schemas, and these schemas. A result is bound by the
 * file beside it, in which its schema stands, so that nothing has to be kept anywhere else.
 */
export class BoundSchemas implements vscode.FileSystemProvider {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #schemas = new Map<string, string>();
  /** Results outside of the workspace, of this session. */
  readonly #known = new Set<string>();
  #changedAt = 0;
  readonly onDidChangeFile = this.#changed.event;

  /** A result was written. */
  add(evidence: vscode.Uri): void {
    this.#known.add(evidence.toString());
    this.announce();
  }

  /** Has the list looked up anew: VS Code may have asked for it before anybody was there to answer. */
  announce(): void {
    this.#changedAt++;
    const uri = vscode.Uri.from({ scheme: boundSchemaScheme, authority: 'bound', path: associationsPath });
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async #associations(): Promise<string> {
    const found = await vscode.workspace.findFiles(evidencePattern, '**/{node_modules,.git}/**', maxFound);
    const all = new Map(
      [...found, ...[...this.#known].map((uri) => vscode.Uri.parse(uri))].map((uri) => [uri.toString(), uri]),
    );
    const schemas: { readonly url: string; readonly fileMatch: readonly string[] }[] = [];
    for (const uri of all.values()) {
      const schema = (await readEvidenceFile(uri))?.['schema'];
      if (!isJsonObject(schema)) continue;
      const content = JSON.stringify(schema);
      const path = `/${digest(content)}.json`;
      this.#schemas.set(path, content);
      schemas.push({ url: `${boundSchemaScheme}://bound${path}`, fileMatch: [patternOf(dataUri(uri))] });
    }
    return JSON.stringify({ schemas });
  }

  async readFile({ path }: vscode.Uri): Promise<Uint8Array> {
    const content = path === associationsPath ? await this.#associations() : this.#schemas.get(path);
    if (content === undefined) throw vscode.FileSystemError.FileNotFound();
    return new TextEncoder().encode(content);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const isFolder = path === '/' || path === '';
    if (!isFolder && path !== associationsPath && !this.#schemas.has(path)) throw vscode.FileSystemError.FileNotFound();
    return {
      type: isFolder ? vscode.FileType.Directory : vscode.FileType.File,
      ctime: 0,
      mtime: path === associationsPath ? this.#changedAt : 0,
      size: this.#schemas.get(path)?.length ?? 0,
    };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [associationsPath, ...this.#schemas.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }

  watch(): vscode.Disposable {
    // Changes are all our own, and told to everybody.
    return new vscode.Disposable(() => undefined);
  }

  readonly writeFile = readOnly;
  readonly createDirectory = readOnly;
  readonly delete = readOnly;
  readonly rename = readOnly;

  dispose(): void {
    this.#changed.dispose();
  }
}
