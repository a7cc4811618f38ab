// What the language features of a long transcript take in a real extension host: the answer of the extension itself, and
// the whole way through VS Code's window and back, which a command takes twice and a person's click once.
import * as vscode from 'vscode';
import { serialiseCues, serialiseWebVtt } from '../../src/core/formats/webVtt.js';
import { longTranscript } from '../support/transcriptTexts.js';

export interface FeatureTime {
  readonly feature: string;
  /** Processor time of the extension's own code, after the document has been read once. On the clock for `rename, applied`. */
  readonly answerMilliseconds: number;
  /** From a command to its result. */
  readonly commandMilliseconds?: number;
  /** How much was answered, so that no figure is of nothing. */
  readonly count: number;
}

type Ask = (...given: unknown[]) => unknown;

const cueCount = 10_000;
/** As many turns as have lenses in so long a transcript, and more than 3,000 cues by each speaker. */
const cuesPerTurn = 50;
const speakers = ['Ann', 'Bob', 'Cleo'];
const rounds = 9;
const diagnosticsName = 'earshot.transcripts';
const nothing = new vscode.CancellationTokenSource().token;

/** What the extension registers for transcripts: `registerHoverProvider` and so on, by name. */
const providers = new Map<string, Record<string, Ask>>();
const openListeners: Ask[] = [];
let diagnosticsSet = 0;

/** Must be called before the extension is activated, in a module that shares its `vscode`. */
export function watchRegistrations(): void {
  const languages = vscode.languages as unknown as Record<string, Ask>;
  for (const name of Object.keys(languages).filter((key) => /^register\w+Provider$/.test(key))) {
    const original = languages[name];
    languages[name] = (selector, provider, ...more) => {
      if (JSON.stringify(selector).includes('"vtt"')) providers.set(name, provider as Record<string, Ask>);
      return original?.(selector, provider, ...more);
    };
  }
  const createCollection = languages['createDiagnosticCollection'];
  languages['createDiagnosticCollection'] = (name) => {
    const collection = createCollection?.(name) as vscode.DiagnosticCollection;
    if (name !== diagnosticsName) return collection;
    return new Proxy(collection, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (key === 'set') diagnosticsSet++;
          return (value as Ask).apply(target, given);
        };
      },
    });
  };
  const workspace = vscode.workspace as unknown as Record<string, Ask>;
  const onOpen = workspace['onDidOpenTextDocument'];
  Object.defineProperty(workspace, 'onDidOpenTextDocument', {
    value: (listener: Ask, ...more: unknown[]) => {
      openListeners.push(listener);
      return onOpen?.(listener, ...more);
    },
  });
}

/** @param path where a transcript can be written; it is removed again by whoever made the folder */
export async function measureFeatures(path: string): Promise<readonly FeatureTime[]> {
  const uri = vscode.Uri.file(path);
  const segments = longTranscript(cueCount).map((segment, index) => ({
    ...segment,
    speaker: speakers[Math.floor(index / cuesPerTurn) % speakers.length] ?? 'Ann',
    // One in a hundred is wrong, so that there is something to find.
    ...(index % 100 === 0 ? { endSeconds: segment.endSeconds + 1 } : {}),
  }));
  const content = serialiseWebVtt([], serialiseCues(segments));
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  const { document } = await vscode.window.showTextDocument(uri);
  const name = document.positionAt(content.indexOf('<v Bob>', content.length / 2) + 4);
  const time = document.positionAt(content.indexOf(' --> ', content.length / 2) - 3);
  const context = { includeDeclaration: true };
  const times: FeatureTime[] = [];
  const measure = async (feature: string, registration: string, method: string, given: unknown[], command?: string) => {
    const provider = providers.get(registration);
    if (provider?.[method] === undefined) throw new Error(`${registration} was not called for transcripts.`);
    const answer = (): unknown => provider[method]?.(document, ...given);
    const count = sizeOf(await answer());
    const direct = await medianCpuOf(answer);
    // A command takes what a person can give: neither the token nor the context.
    const [place, newName] = given.filter((value) => value !== nothing && value !== context);
    const through =
      command === undefined
        ? undefined
        : await medianOf(() => vscode.commands.executeCommand(command, uri, ...[place, newName].filter(Boolean)));
    times.push({
      feature,
      answerMilliseconds: direct,
      count,
      ...(through === undefined ? {} : { commandMilliseconds: through }),
    });
  };
  await measure(
    'outline',
    'registerDocumentSymbolProvider',
    'provideDocumentSymbols',
    [nothing],
    'vscode.executeDocumentSymbolProvider',
  );
  await measure('folding', 'registerFoldingRangeProvider', 'provideFoldingRanges', [{}, nothing], undefined);
  await measure('hover', 'registerHoverProvider', 'provideHover', [time, nothing], 'vscode.executeHoverProvider');
  await measure(
    'references',
    'registerReferenceProvider',
    'provideReferences',
    [name, context, nothing],
    'vscode.executeReferenceProvider',
  );
  await measure(
    'rename',
    'registerRenameProvider',
    'provideRenameEdits',
    [name, 'Robert', nothing],
    'vscode.executeDocumentRenameProvider',
  );
  await measure('lenses', 'registerCodeLensProvider', 'provideCodeLenses', [nothing], 'vscode.executeCodeLensProvider');
  await measure(
    'links',
    'registerDocumentLinkProvider',
    'provideDocumentLinks',
    [nothing],
    'vscode.executeLinkProvider',
  );
  times.push(await measureProblems(document));
  times.push(await measureRename(document, name, content));
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  return times;
}

/** The listener of the extension that looks for problems, found by what it does. */
async function measureProblems(document: vscode.TextDocument): Promise<FeatureTime> {
  const check = openListeners.find((listener) => {
    const before = diagnosticsSet;
    listener(document);
    return diagnosticsSet > before;
  });
  if (check === undefined) throw new Error('Nobody looks for problems.');
  const answerMilliseconds = await medianCpuOf(() => check(document));
  return { feature: 'problems', answerMilliseconds, count: vscode.languages.getDiagnostics(document.uri).length };
}

/** From the answer to the changed document; throws unless one step takes it back. */
async function measureRename(
  document: vscode.TextDocument,
  place: vscode.Position,
  content: string,
): Promise<FeatureTime> {
  const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
    'vscode.executeDocumentRenameProvider',
    document.uri,
    place,
    'Robert',
  );
  const started = performance.now();
  await vscode.workspace.applyEdit(edit);
  const answerMilliseconds = performance.now() - started;
  const count = document.getText().split('<v Robert>').length - 1;
  await vscode.commands.executeCommand('undo');
  if (document.getText() !== content) throw new Error('Renaming a speaker is not one step to undo.');
  return { feature: 'rename, applied', answerMilliseconds, count };
}

function sizeOf(answer: unknown): number {
  if (answer instanceof vscode.WorkspaceEdit) return answer.entries().reduce((sum, [, edits]) => sum + edits.length, 0);
  if (Array.isArray(answer)) return answer.length;
  return answer === undefined || answer === null ? 0 : 1;
}

/** Of the whole process, so that a busy machine matters little. */
async function medianCpuOf(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return middleOf(times);
}

async function medianOf(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return middleOf(times);
}

function middleOf(times: readonly number[]): number {
  return [...times].sort((left, right) => left - right)[times.length >> 1] ?? Number.NaN;
}
