import * as vscode from 'vscode';
import { sideText } from '../../core/compare/alignedLines.js';
import { compareTranscripts, errorRate, type Comparison } from '../../core/compare/compareTranscripts.js';
import { comparisonMarkdown } from '../../core/compare/comparisonReport.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import { registerCommand, urisOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { inSlices } from '../../host/slices.js';
import { activeTranscript, openTranscript, pickTranscript } from '../../host/transcriptSource.js';

const scheme = 'earshot-compare';
const maxKept = 20;

/** What the command resolves to. Rates are undefined when there is nothing in the reference. */
export interface ComparisonResult extends Pick<Comparison, 'words' | 'characters'> {
  readonly wordErrorRate: number | undefined;
  readonly characterErrorRate: number | undefined;
}

type Pair = readonly [reference: vscode.Uri, other: vscode.Uri];

async function pairOf(given: readonly vscode.Uri[]): Promise<Pair | undefined> {
  const reference =
    given[0] ?? activeTranscript() ?? (await pickTranscript('Compare Transcripts: the one to take for right'));
  if (reference === undefined) return undefined;
  const title = `Compare Transcripts: which one with ${fileName(reference)}?`;
  const other = given[1] ?? (await pickTranscript(title, reference));
  return other === undefined ? undefined : [reference, other];
}

/** Names that tell both apart, also when the files are called the same. */
function namesOf(pair: Pair): readonly [string, string] {
  const [left, right] = pair.map(fileName);
  if (left !== right && left !== undefined && right !== undefined) return [left, right];
  return [vscode.workspace.asRelativePath(pair[0]), vscode.workspace.asRelativePath(pair[1])];
}

function compare([left, right]: Pair, title: string): Thenable<Comparison> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title },
    async (_, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const [reference, other] = [await openTranscript(left), await openTranscript(right)];
        return await inSlices(compareTranscripts(reference.segments, other.segments), signal);
      } finally {
        dispose();
      }
    },
  );
}

/** Two transcripts side by side in VS Code's editor of differences, and a page of figures. */
export function registerCompare(services: Services): readonly vscode.Disposable[] {
  const pages = new Map<string, string>();
  let count = 0;
  const keep = (name: string, text: string): vscode.Uri => {
    const uri = vscode.Uri.from({ scheme, path: `/${++count}/${name}.txt` });
    pages.set(uri.path, text);
    const oldest = pages.keys().next();
    if (pages.size > maxKept && oldest.done !== true) pages.delete(oldest.value);
    return uri;
  };
  return [
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: ({ path }) =>
        pages.get(path) ?? 'This comparison is over. Run Compare Transcripts… again.\n',
    }),
    registerCommand(commandIds.compareTranscripts, services.log, async (first, second) => {
      const both = second instanceof vscode.Uri ? [first, second] : second;
      const pair = await pairOf(urisOf(first, both));
      if (pair === undefined) return undefined;
      const [left, right] = namesOf(pair);
      const comparison = await compare(pair, `Comparing ${left} with ${right}`);
      await vscode.commands.executeCommand(
        'vscode.diff',
        keep(fileName(pair[0]), sideText(comparison.lines, 'left')),
        keep(fileName(pair[1]), sideText(comparison.lines, 'right')),
        `${left} ↔ ${right}`,
        { preview: false },
      );
      await services.reports.show('Compare Transcripts', comparisonMarkdown(left, right, comparison));
      return {
        words: comparison.words,
        characters: comparison.characters,
        wordErrorRate: errorRate(comparison.words),
        characterErrorRate: errorRate(comparison.characters),
      } satisfies ComparisonResult;
    }),
  ];
}
