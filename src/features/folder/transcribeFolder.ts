import * as vscode from 'vscode';
import { EarshotError, isCancelled } from '../../core/errors.js';
import { estimateDollars } from '../../core/estimate.js';
import { formatModelRef, parseModelRef } from '../../core/model.js';
import { formatDuration } from '../../core/timecode.js';
import { costInDollars, formatCost } from '../../core/usage.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import { recordingsUnder } from '../../host/folders.js';
import { readGlossary } from '../../host/glossary.js';
import type { Services } from '../../host/services.js';
import { readRequestConcurrency, readSettings } from '../../host/settings.js';
import { showError } from '../../host/showError.js';
import { timeLinkTo } from '../../host/timeLink.js';
import { saveTranscript } from '../../host/transcriptFiles.js';
import { runBatch, type BatchOutcome } from '../../workflows/batch.js';
import { batchReport, batchSummary, type BatchReport } from '../../workflows/batchReport.js';
import { chooseTranscriber, type ChosenModel } from '../../workflows/chooseModel.js';
import { transcribeClip } from '../../workflows/transcribeClip.js';
import { surveyFolder, type FolderSurvey, type Surveyed } from './surveyFolder.js';

export interface FolderArguments {
  /** `provider:model`. */
  readonly model?: string;
  readonly language?: string;
  /** False: nobody is asked before it begins, as other code wishes that has asked already. */
  readonly confirm?: boolean;
}

export interface FolderResult {
  readonly transcripts: readonly vscode.Uri[];
  readonly upToDate: readonly vscode.Uri[];
  readonly failed: readonly { readonly uri: vscode.Uri; readonly reason: string; readonly message: string }[];
  /** Not begun, or broken off, when it ended early. */
  readonly left: readonly vscode.Uri[];
}

interface Made {
  readonly transcript: vscode.Uri;
  readonly warnings: readonly string[];
  /** Undefined: not known. */
  readonly dollars: number | undefined;
}

type Progress = vscode.Progress<{ message?: string; increment?: number }>;

const recordings = (count: number): string => `${count} ${count === 1 ? 'recording' : 'recordings'}`;

async function agrees(name: string, survey: FolderSurvey, chosen: ChosenModel): Promise<boolean> {
  const { wanted, upToDate, failed } = survey;
  const seconds = wanted.reduce((sum, { durationSeconds = 0 }) => sum + durationSeconds, 0);
  // Each side of a call that is transcribed apart is billed.
  const billedSeconds = wanted.reduce((sum, { uri, durationSeconds = 0, channels }) => {
    const isApart = channels === 2 && readSettings(uri).speakers === 'channels';
    return sum + durationSeconds * (isApart ? 2 : 1);
  }, 0);
  const unknown = wanted.some(({ durationSeconds }) => durationSeconds === undefined) ? 'at least ' : '';
  const { provider, model } = chosen;
  const dollars = provider.isLocal
    ? 0
    : estimateDollars(model.capabilities, { task: 'transcription', audioSeconds: billedSeconds });
  const cost = provider.isLocal
    ? 'It costs nothing: the work is done on this machine.'
    : dollars === undefined
      ? 'What it costs is not known.'
      : `It costs about ${formatCost(dollars)}.`;
  const begin = 'Transcribe';
  const choice = await vscode.window.showInformationMessage(
    `Transcribe ${recordings(wanted.length)} in ${name}?`,
    {
      modal: true,
      detail: [
        `${unknown}${formatDuration(seconds)} of sound, by ${model.label} of ${provider.label}. ${cost}`,
        ...(upToDate.length === 0 ? [] : [`${upToDate.length} more have an up-to-date transcript and are left out.`]),
        ...(failed.length === 0 ? [] : [`${failed.length} more cannot be read; the report will say why.`]),
      ].join('\n'),
    },
    begin,
  );
  return choice === begin;
}

async function transcribeOne(
  uri: vscode.Uri,
  chosen: ChosenModel,
  given: FolderArguments,
  services: Services,
  signal: AbortSignal,
): Promise<Made> {
  const settings = readSettings(uri);
  const language = given.language ?? settings.language;
  const glossary = await readGlossary(uri);
  const clip = await services.openClip(uri);
  const { transcript, stoppedBy, warnings } = await transcribeClip(
    clip,
    { chosen, speakers: settings.speakers, glossary: glossary.terms, ...(language === undefined ? {} : { language }) },
    services,
    signal,
  );
  const saved = await saveTranscript(vscode.Uri.parse(clip.uri), transcript, {
    where: 'beside',
    format: settings.format,
  });
  if (saved.unsavedBecause !== undefined) {
    throw new EarshotError(
      'target-unwritable',
      `${saved.unsavedBecause}. Make the folder writable and try again: what was heard is kept.`,
    );
  }
  if (stoppedBy !== undefined) {
    const reach = formatDuration(transcript.provenance.completeUntilSeconds ?? 0);
    throw new EarshotError(
      stoppedBy.reason,
      `${fileName(saved.uri)} reaches ${reach} and no further. ${stoppedBy.message}`,
      { ...(stoppedBy.provider === undefined ? {} : { provider: stoppedBy.provider }), cause: stoppedBy },
    );
  }
  const dollars = chosen.provider.isLocal
    ? 0
    : costInDollars(transcript.provenance.usage ?? {}, chosen.model.capabilities.prices);
  return { transcript: saved.uri, warnings: [...warnings, ...glossary.problems], dollars };
}

function totalDollars(made: readonly Made[]): number | undefined {
  return made.reduce<number | undefined>(
    (sum, { dollars }) => (sum === undefined || dollars === undefined ? undefined : sum + dollars),
    0,
  );
}

function reportOn(
  folder: vscode.Uri,
  chosen: ChosenModel,
  survey: FolderSurvey,
  { done, failed, left, stoppedBy }: BatchOutcome<Surveyed, Made>,
): BatchReport {
  const nameOf = (uri: vscode.Uri): string =>
    uri.path.startsWith(`${folder.path}/`) ? uri.path.slice(folder.path.length + 1) : fileName(uri);
  const dollars = totalDollars(done.map(({ result }) => result));
  const failures = [...survey.failed, ...failed.map(({ item, error }) => ({ uri: item.uri, error }))];
  return {
    folder: fileName(folder),
    model: formatModelRef(chosen.model.ref),
    done: done.map(({ item, result }) => ({
      name: nameOf(item.uri),
      playAddress: timeLinkTo(item.uri)(0),
      transcriptName: nameOf(result.transcript),
      warnings: result.warnings,
      ...(item.durationSeconds === undefined ? {} : { durationSeconds: item.durationSeconds }),
    })),
    failed: failures.map(({ uri, error }) => ({ name: nameOf(uri), error })),
    leftCount: left.length,
    upToDateCount: survey.upToDate.length,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    ...(dollars === undefined ? {} : { dollars }),
  };
}

/** Transcribes what was surveyed, with one bar for all. */
function transcribeAll(
  { wanted }: FolderSurvey,
  chosen: ChosenModel,
  given: FolderArguments,
  services: Services,
  progress: Progress,
  signal: AbortSignal,
): Promise<BatchOutcome<Surveyed, Made>> {
  return runBatch({
    items: wanted,
    // Requests are limited for each provider as a whole; so many files are open beside each other.
    concurrency: chosen.provider.isLocal ? 1 : readRequestConcurrency(),
    signal,
    work: ({ uri }) => transcribeOne(uri, chosen, given, services, signal),
    onProgress: (done, failed) => {
      const problems = failed === 0 ? '' : `, ${failed} failed`;
      progress.report({
        message: `${done} of ${wanted.length} transcribed${problems}`,
        increment: 100 / wanted.length,
      });
    },
  });
}

interface Run {
  readonly report: BatchReport;
  readonly result: FolderResult;
}

async function run(
  folder: vscode.Uri,
  given: FolderArguments,
  services: Services,
  progress: Progress,
  signal: AbortSignal,
  only?: readonly vscode.Uri[],
): Promise<Run | undefined> {
  const name = fileName(folder);
  const ref =
    given.model === undefined
      ? readSettings(folder).transcriptionModel()
      : parseModelRef(given.model, 'the command argument');
  const chosen = await chooseTranscriber(await services.survey(signal), ref);
  const uris =
    only ??
    (await recordingsUnder(folder, signal, (count) => {
      progress.report({ message: `${recordings(count)} found…` });
    }));
  if (uris.length === 0) {
    throw new EarshotError('no-clip', `There is no recording in ${name}. Pick another folder.`);
  }
  const survey = await surveyFolder(uris, services, signal, (count) => {
    progress.report({ message: `${count} of ${uris.length} recordings looked at…` });
  });
  const { wanted, upToDate } = survey;
  const asks = given.confirm !== false && only === undefined && wanted.length > 0;
  if (asks && !(await agrees(name, survey, chosen))) return undefined;
  services.noticeEnd(chosen);
  services.log.info(`Transcribing ${recordings(wanted.length)} of ${name} with ${formatModelRef(chosen.model.ref)}`);
  const outcome = await transcribeAll(survey, chosen, given, services, progress, signal);
  const failed = [...survey.failed, ...outcome.failed.map(({ item, error }) => ({ uri: item.uri, error }))];
  for (const { uri, error } of failed) services.log.warn(`${fileName(uri)}: [${error.reason}] ${error.message}`);
  return {
    report: reportOn(folder, chosen, survey, outcome),
    result: {
      transcripts: outcome.done.map(({ result }) => result.transcript),
      upToDate,
      failed: failed.map(({ uri, error }) => ({ uri, reason: error.reason, message: error.message })),
      left: outcome.left.map(({ uri }) => uri),
    },
  };
}

/** Whoever called gets the result now; the message may stand there for hours before somebody presses a button. */
async function explain(
  { report, result }: Run,
  services: Services,
  again: (uris: readonly vscode.Uri[]) => unknown,
): Promise<void> {
  const [retry, show] = ['Retry', 'Show Report'];
  const worthRetry = [
    ...result.failed.filter(({ reason }) => reason !== 'clip-silent').map(({ uri }) => uri),
    ...result.left,
  ];
  const title = `Transcripts of ${report.folder}`;
  const showReport = (): Promise<void> => services.reports.show(title, services.log.redact(batchReport(report)));
  const hasProblems = report.failed.length > 0 || report.stoppedBy !== undefined;
  const text = `${report.folder}: ${batchSummary(report)}.`;
  if (hasProblems) await showReport();
  const { stoppedBy } = report;
  if (stoppedBy !== undefined && !isCancelled(stoppedBy)) {
    // With the button that leads on from it, such as the one for a key.
    const error = new EarshotError(stoppedBy.reason, `${text} ${stoppedBy.message}`, {
      ...(stoppedBy.provider === undefined ? {} : { provider: stoppedBy.provider }),
      ...(stoppedBy.setting === undefined ? {} : { setting: stoppedBy.setting }),
      cause: stoppedBy,
    });
    if ((await showError(error, services.log, true)) === 'retry') again(worthRetry);
    return;
  }
  const buttons = [...(worthRetry.length === 0 ? [] : [retry]), show];
  const choice = await (hasProblems
    ? vscode.window.showWarningMessage(text, ...buttons)
    : vscode.window.showInformationMessage(text, ...buttons));
  if (choice === retry) again(worthRetry);
  else if (choice === show) await showReport();
}

/**
 * Transcribes all recordings in a folder, those that have an up-to-date transcript left out: one estimate before, one bar, one
 * report. Opens no editor. Undefined when the user turns away.
 * @param only of the recordings, when some are tried again
 * @throws EarshotError when nothing could be begun.
 */
export async function transcribeFolder(
  folder: vscode.Uri,
  given: FolderArguments,
  services: Services,
  only?: readonly vscode.Uri[],
): Promise<FolderResult | undefined> {
  const outcome = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Transcribing ${fileName(folder)}`,
      cancellable: true,
    },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        return await run(folder, given, services, progress, signal, only);
      } finally {
        dispose();
      }
    },
  );
  if (outcome === undefined) return undefined;
  void explain(outcome, services, (uris) =>
    transcribeFolder(folder, given, services, uris).catch((thrown: unknown) => showError(thrown, services.log)),
  );
  return outcome.result;
}
