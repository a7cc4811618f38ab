import * as vscode from 'vscode';
import { isCancelled, type EarshotError, toEarshotError } from '../../core/errors.js';
import type { TimeLink } from '../../core/formats/exportedTranscript.js';
import { escapeMarkdown } from '../../core/formats/markdown.js';
import { parseModelRef } from '../../core/model.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import { playable } from '../../host/playable.js';
import type { Services } from '../../host/services.js';
import { readGlossary } from '../../host/glossary.js';
import { readSettings } from '../../host/settings.js';
import { showError } from '../../host/showError.js';
import { timeLinkTo } from '../../host/timeLink.js';
import { looksLikeTranscript, openTranscript } from '../../host/transcriptSource.js';
import { warnSilent } from '../../host/warnSilent.js';
import type { AnswerStep } from '../../workflows/answerQuestion.js';
import type { ProviderState } from '../../workflows/chooseModel.js';
import { summarizeClip, summarizeTranscript, type Summarizing } from '../../workflows/summarizeClip.js';
import { GrowingDocument } from './growingDocument.js';
import { otherReader } from './otherReader.js';

export interface SummarizeArguments {
  /** `provider:model`. */
  readonly model?: string;
  /** Of the summary, as a person names it: `German`. */
  readonly language?: string;
  readonly from?: 'audio' | 'transcript';
  /** Send recordings also where there is nothing to hear in them. */
  readonly sendSilent?: boolean;
}

export interface Summary {
  readonly text: string;
  readonly document: vscode.Uri;
}

/** Open documents without a name are transcripts: nobody has a recording in one. */
function isTranscript(uri: vscode.Uri): boolean {
  return uri.scheme === 'untitled' || /\.json$/i.test(uri.path) || looksLikeTranscript(uri);
}

/** What a summary of one recording or transcript consists of, as it comes. */
export async function summarySteps(
  uri: vscode.Uri,
  given: SummarizeArguments,
  states: readonly ProviderState[],
  services: Services,
  signal: AbortSignal,
  linksTo: (uri: vscode.Uri) => TimeLink = timeLinkTo,
): Promise<AsyncIterable<AnswerStep>> {
  const settings = readSettings(uri);
  const asked: Omit<Summarizing, 'linkTo'> = {
    model: given.model === undefined ? settings.model() : parseModelRef(given.model, 'the command argument'),
    otherReader,
    // Read when somebody has to transcribe: a mistake in it is no reason not to read what is written.
    get transcriptionModel() {
      return settings.transcriptionModel();
    },
    hints: {
      glossary: (await readGlossary(uri)).terms,
      ...(settings.language === undefined ? {} : { language: settings.language }),
    },
    ...(given.language === undefined ? {} : { language: given.language }),
    ...(given.from === undefined ? {} : { from: given.from }),
    ...(given.sendSilent === undefined ? {} : { sendSilent: given.sendSilent }),
  };
  if (!isTranscript(uri)) {
    const clip = await services.openClip(uri);
    return summarizeClip(clip, Object.assign(asked, { linkTo: linksTo(uri) }), states, services, signal);
  }
  const { segments, origin } = await openTranscript(uri);
  const linkTo = linksTo(await playable(uri, origin));
  const { durationSeconds } = origin;
  const source = { name: fileName(uri), segments, ...(durationSeconds === undefined ? {} : { durationSeconds }) };
  return summarizeTranscript(source, Object.assign(asked, { linkTo }), states, services, signal);
}

/** Writes one summary into the document. What was written before a failure stays. */
async function write(
  uri: vscode.Uri,
  steps: AsyncIterable<AnswerStep>,
  document: GrowingDocument,
  report: (message: string) => void,
): Promise<void> {
  let notices = '';
  let isBegun = false;
  for await (const step of steps) {
    if (step.type === 'progress') report(step.text);
    else if (step.type === 'notice') {
      if (isBegun) document.write(`\n> ${step.text}\n`);
      else notices += `> ${step.text}\n>\n`;
    } else if (step.type === 'text') {
      const heading = `# Summary of ${escapeMarkdown(fileName(uri))}\n\n${notices.replace(/>\n$/, '\n')}`;
      document.write(isBegun ? step.text : `${document.text === '' ? '' : '\n'}${heading}${step.text}`);
      isBegun = true;
    } else if (step.type === 'bill') document.write(`\n---\n*${step.text}*\n`);
  }
}

/** Summarises each file, one after another, into one document. A failure of one file leaves the others alone. */
export async function summarizeFiles(
  uris: readonly vscode.Uri[],
  services: Services,
  given: SummarizeArguments,
): Promise<Summary | undefined> {
  const document = new GrowingDocument();
  const failures: { readonly uri: vscode.Uri; readonly error: EarshotError }[] = [];
  const [first] = uris;
  const title = uris.length === 1 && first !== undefined ? fileName(first) : `${uris.length} recordings`;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Summarizing ${title}`, cancellable: true },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const states = await services.survey(signal);
        for (const uri of uris) {
          const before = document.text;
          const report = (text: string): void => {
            progress.report({ message: uris.length === 1 ? text : `${fileName(uri)}: ${text}` });
          };
          try {
            await write(uri, await summarySteps(uri, given, states, services, signal), document, report);
          } catch (thrown) {
            const error = toEarshotError(thrown);
            failures.push({ uri, error });
            if (document.text !== before) {
              document.write(`\n> The summary ends here: ${services.log.redact(error.message)}\n`);
            }
            if (isCancelled(error)) return;
          }
        }
      } finally {
        dispose();
      }
    },
  );
  const target = await document.finish();
  explain(failures, uris.length, services, given);
  return target === undefined ? undefined : { text: document.text, document: target };
}

/** Whoever called gets the result now; the messages may stand there for hours before somebody presses a button. */
function explain(
  failures: readonly { readonly uri: vscode.Uri; readonly error: EarshotError }[],
  total: number,
  services: Services,
  given: SummarizeArguments,
): void {
  const { log } = services;
  const again = (uris: readonly vscode.Uri[], changed: SummarizeArguments = {}): unknown =>
    summarizeFiles(uris, services, { ...given, ...changed });
  for (const { uri, error } of failures.filter(({ error: { reason } }) => reason === 'clip-silent')) {
    void warnSilent(error, log).then((isWanted) => (isWanted ? again([uri], { sendSilent: true }) : undefined));
  }
  const others = failures.filter(({ error }) => error.reason !== 'clip-silent' && !isCancelled(error));
  const [firstFailure] = others;
  if (firstFailure === undefined) return;
  for (const { uri, error } of others) log.warn(`${fileName(uri)}: [${error.reason}] ${error.message}`);
  const { error } = firstFailure;
  if (others.length > 1) {
    void vscode.window.showWarningMessage(
      `${others.length} of ${total} could not be summarised; the log has the reason of each.`,
    );
  }
  void showError(error, log, true).then((choice) =>
    choice === 'retry' ? again(others.map(({ uri }) => uri)) : undefined,
  );
}
