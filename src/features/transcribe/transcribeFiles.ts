import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { throwIfCancelled, toEarshotError } from '../../core/errors.js';
import { formatModelRef, parseModelRef } from '../../core/model.js';
import { formatDuration } from '../../core/timecode.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import type { TranscribeArguments } from '../../host/commands.js';
import { readGlossary } from '../../host/glossary.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import { saveTranscript } from '../../host/transcriptFiles.js';
import { chooseTranscriber, type ChosenModel } from '../../workflows/chooseModel.js';
import type { TextSoFar } from '../../workflows/textSoFar.js';
import { transcribeClip } from '../../workflows/transcribeClip.js';
import { GrowingTranscript } from './growingTranscript.js';
import { type Failure, type Outcome, showFailures, showSilent, showTranscript } from './showOutcome.js';

/** Servers are asked in parallel; programs on this machine would only take each other's processor. */
const concurrency = { server: 3, program: 1 } as const;

/** One transcript of a run grows before the user's eyes: the first that has text. */
interface Stage {
  isTaken: boolean;
}

type Report = (latest: string, fraction: number | undefined) => void;

async function transcribeFile(
  uri: vscode.Uri,
  chosen: ChosenModel,
  services: Services,
  given: TranscribeArguments,
  signal: AbortSignal,
  report: Report,
  stage: Stage,
): Promise<Outcome> {
  const settings = readSettings(uri);
  const language = given.language ?? settings.language;
  const glossary = await readGlossary(uri);
  const clip = await services.openClip(uri);
  const saving = { where: given.target ?? settings.save, format: given.format ?? settings.format };
  let growing: GrowingTranscript | undefined;
  const grow = (text: TextSoFar): void => {
    if (growing === undefined) {
      // Only WebVTT is valid at any length.
      if (stage.isTaken || saving.format !== 'vtt') return;
      stage.isTaken = true;
      growing = new GrowingTranscript(vscode.Uri.parse(clip.uri), saving.where);
    }
    growing.update(text);
  };
  let isLogged = false;
  services.noticeEnd(chosen);
  services.log.info(`Transcribing ${clip.name} with ${formatModelRef(chosen.model.ref)}`);
  try {
    const { transcript, stoppedBy, warnings } = await transcribeClip(
      clip,
      {
        chosen,
        onText: grow,
        glossary: glossary.terms,
        ...(language === undefined ? {} : { language }),
        ...(given.sendSilent === undefined ? {} : { sendSilent: given.sendSilent }),
      },
      services,
      signal,
      ({ completeUntilSeconds, durationSeconds, delivery, latest }) => {
        const total = durationSeconds === undefined ? '' : ` of ${formatDuration(durationSeconds)}`;
        const way = delivery === undefined ? '' : `, ${delivery}`;
        const words =
          latest === undefined ? `${chosen.model.label}${way}` : latest.replaceAll(/\s+/g, ' ').slice(0, 80);
        if (!isLogged && delivery !== undefined) services.log.info(`${clip.name} is ${delivery}`);
        isLogged = true;
        report(
          `${formatDuration(completeUntilSeconds)}${total}: ${words}`,
          durationSeconds === undefined || durationSeconds === 0 ? undefined : completeUntilSeconds / durationSeconds,
        );
      },
    );
    const grown = await growing?.finish(transcript);
    const saved = grown ?? (await saveTranscript(vscode.Uri.parse(clip.uri), transcript, saving));
    services.log.info(`Transcript of ${clip.name}: ${transcript.segments.length} segments`);
    for (const warning of [...warnings, ...glossary.problems]) services.log.warn(warning);
    return {
      uri,
      saved,
      isOpen: growing?.isOpen === true && grown !== undefined,
      stoppedBy,
      warnings: [...warnings, ...glossary.problems],
      reachSeconds: transcript.provenance.completeUntilSeconds ?? 0,
    };
  } finally {
    growing?.dispose();
  }
}

/** Recordings that are being transcribed right now: once more at the same time would cost twice and help nobody. */
const underWay = new Set<string>();

/** Somebody who waits for the transcripts elsewhere than at the notification. */
export interface Waiting {
  readonly signal: AbortSignal;
  readonly report: (text: string) => void;
}

/** Transcribes each file, shows progress, and opens what came out. A failure of one file leaves the others alone. */
export async function transcribeFiles(
  wanted: readonly vscode.Uri[],
  services: Services,
  given: TranscribeArguments,
  waiting?: Waiting,
): Promise<{ readonly transcript: vscode.Uri }[]> {
  const uris = wanted.filter((uri) => !underWay.has(uri.toString()));
  for (const uri of wanted.filter((one) => !uris.includes(one))) {
    void vscode.window.showInformationMessage(`${fileName(uri)} is being transcribed already.`);
  }
  if (uris.length === 0) return [];
  for (const uri of uris) underWay.add(uri.toString());
  try {
    return await transcribeAll(uris, services, given, waiting);
  } finally {
    for (const uri of uris) underWay.delete(uri.toString());
  }
}

async function transcribeAll(
  uris: readonly vscode.Uri[],
  services: Services,
  given: TranscribeArguments,
  waiting: Waiting | undefined,
): Promise<{ readonly transcript: vscode.Uri }[]> {
  const done: Outcome[] = [];
  const failed: Failure[] = [];
  const stage: Stage = { isTaken: false };
  const again = (some: readonly vscode.Uri[], changed: TranscribeArguments = {}): unknown =>
    some.length === 0 ? undefined : transcribeFiles(some, services, { ...given, ...changed });
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title:
        uris.length === 1 && uris[0] !== undefined
          ? `Transcribing ${fileName(uris[0])}`
          : `Transcribing ${uris.length} recordings`,
    },
    async (progress, token) => {
      const { signal: ofNotification, dispose } = signalOf(token);
      const signal = waiting === undefined ? ofNotification : AbortSignal.any([ofNotification, waiting.signal]);
      try {
        const states = await services.survey(signal);
        const limits = { server: pLimit(concurrency.server), program: pLimit(concurrency.program) };
        const reportFor = sharedProgress(progress, uris.length);
        await Promise.all(
          uris.map(async (uri) => {
            const reportHere = reportFor(uri);
            const report: Report = (latest, fraction) => {
              reportHere(latest, fraction);
              waiting?.report(`${fileName(uri)} ${latest}`);
            };
            try {
              const ref =
                given.model === undefined
                  ? readSettings(uri).transcriptionModel()
                  : parseModelRef(given.model, 'the command argument');
              const chosen = await chooseTranscriber(states, ref);
              const limit = chosen.provider.isLocal ? limits.program : limits.server;
              done.push(
                await limit(() => {
                  throwIfCancelled(signal);
                  return transcribeFile(uri, chosen, services, given, signal, report, stage);
                }),
              );
            } catch (thrown) {
              failed.push({ uri, error: toEarshotError(thrown) });
            }
          }),
        );
      } finally {
        dispose();
      }
    },
  );
  for (const one of done) await showTranscript(one, services, again);
  // Whoever called gets the result now; the message may stand there for hours before somebody presses Retry.
  const isSilent = ({ error }: Failure): boolean => error.reason === 'clip-silent';
  const others = failed.filter((failure) => !isSilent(failure));
  void showFailures(others, uris.length, services).then((some) => again(some));
  void showSilent(failed.filter(isSilent), services).then((some) => again(some, { sendSilent: true }));
  return done.map(({ saved }) => ({ transcript: saved.uri }));
}

/** One bar for all files, which never goes back. */
function sharedProgress(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  count: number,
): (uri: vscode.Uri) => Report {
  const fractions = new Map<vscode.Uri, number>();
  let shownPercent = 0;
  return (uri) => (latest, fraction) => {
    fractions.set(uri, fraction ?? 0);
    const sum = [...fractions.values()].reduce((total, value) => total + value, 0);
    const percent = 100 * Math.min(1, sum / count);
    const name = count === 1 ? '' : `${fileName(uri)} `;
    progress.report({ message: `${name}${latest}`, increment: Math.max(0, percent - shownPercent) });
    shownPercent = Math.max(shownPercent, percent);
  };
}
