import * as vscode from 'vscode';
import { chaptersOf } from '../../core/document/chapters.js';
import { describeCue, describeTimes, formatMoment } from '../../core/document/describeCue.js';
import { turnsOf } from '../../core/document/turns.js';
import { itemAt, type Cue, type CueFile } from '../../core/formats/cueFile.js';
import { rangeOf, type ParsedDocuments } from './parsedDocuments.js';
import { appendPlayLink } from './playLinks.js';

const maxTitleLength = 60;

function titleOf({ text }: Cue): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '(no text)';
  return line.length <= maxTitleLength ? line : `${line.slice(0, maxTitleLength - 1)}…`;
}

/** By lines, since looking up the places of thousands of cues takes longer than all the rest. */
function cueRange(
  document: vscode.TextDocument,
  { firstLine, lastLine, timingLine, span, payload }: Cue,
): vscode.Range {
  const isOneLine = lastLine === timingLine + 1;
  const end = isOneLine ? new vscode.Position(lastLine, span.end - payload.start) : document.positionAt(span.end);
  return new vscode.Range(new vscode.Position(firstLine, 0), end);
}

function timingRange({ timingLine, timing }: Cue): vscode.Range {
  return new vscode.Range(timingLine, 0, timingLine, timing.end - timing.start);
}

function cueSymbol(document: vscode.TextDocument, cue: Cue): vscode.DocumentSymbol {
  return new vscode.DocumentSymbol(
    titleOf(cue),
    formatMoment(cue.startSeconds),
    vscode.SymbolKind.String,
    cueRange(document, cue),
    timingRange(cue),
  );
}

function spanSymbol(
  document: vscode.TextDocument,
  name: string,
  kind: vscode.SymbolKind,
  cues: readonly [Cue, ...Cue[]],
): vscode.DocumentSymbol {
  const [first] = cues;
  const last = cues.at(-1) ?? first;
  return new vscode.DocumentSymbol(
    name,
    `${formatMoment(first.startSeconds)} to ${formatMoment(last.endSeconds)}`,
    kind,
    rangeOf(document, { start: first.span.start, end: last.span.end }),
    rangeOf(document, first.timing),
  );
}

/** Turns of speech with their cues; the cues alone where nobody is named. */
function turnSymbols(
  document: vscode.TextDocument,
  file: Pick<CueFile, 'speakerStyle' | 'cues'>,
): vscode.DocumentSymbol[] {
  const turns = turnsOf(file);
  if (turns.length === 0) return file.cues.map((cue) => cueSymbol(document, cue));
  return turns.map(({ speaker, cues }) => {
    const symbol = spanSymbol(document, speaker ?? '(no name)', vscode.SymbolKind.Object, cues);
    symbol.children = cues.map((cue) => cueSymbol(document, cue));
    return symbol;
  });
}

/** By chapter where the recording has any, then by speaker. */
export function symbolProvider({ read }: ParsedDocuments): vscode.DocumentSymbolProvider {
  return {
    provideDocumentSymbols: (document) => {
      const file = read(document);
      const chapters = chaptersOf(file);
      if (chapters === undefined) return turnSymbols(document, file);
      return chapters.flatMap(({ title, cues }) => {
        const symbols = turnSymbols(document, { speakerStyle: file.speakerStyle, cues });
        if (title === undefined) return symbols;
        const symbol = spanSymbol(document, title, vscode.SymbolKind.Module, cues);
        symbol.children = symbols;
        return [symbol];
      });
    },
  };
}

/** Turns of speech fold, and so do notes and the blocks of style; cues where nobody is named. */
export function foldingProvider({ read }: ParsedDocuments): vscode.FoldingRangeProvider {
  return {
    provideFoldingRanges: (document) => {
      const file = read(document);
      const turns = turnsOf(file);
      const parts = turns.length > 0 ? turns.map(({ cues }) => cues) : file.cues.map((cue) => [cue] as const);
      return [
        ...file.blocks
          .filter(({ firstLine, lastLine }) => lastLine > firstLine)
          .map(({ firstLine, lastLine, kind }) =>
            kind === 'note'
              ? new vscode.FoldingRange(firstLine, lastLine, vscode.FoldingRangeKind.Comment)
              : new vscode.FoldingRange(firstLine, lastLine),
          ),
        ...parts
          .map((cues) => new vscode.FoldingRange(cues[0].firstLine, (cues.at(-1) ?? cues[0]).lastLine))
          .filter(({ start, end }) => end > start),
      ];
    },
  };
}

/** What there is to know about a cue, over its times. */
export function hoverProvider({ read }: ParsedDocuments): vscode.HoverProvider {
  return {
    provideHover: (document, position) => {
      const file = read(document);
      const cue = itemAt(file.cues, document.offsetAt(position), ({ timing }) => timing);
      if (cue === undefined) return undefined;
      const text = new vscode.MarkdownString();
      [...describeCue(cue), ...describeTimes(file)].forEach((line, index) => {
        if (index > 0) text.appendMarkdown('\n\n');
        text.appendText(line);
      });
      appendPlayLink(text, document, cue);
      return new vscode.Hover(text, rangeOf(document, cue.timing));
    },
  };
}
