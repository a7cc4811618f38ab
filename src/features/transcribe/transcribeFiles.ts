import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { cancelled, EarshotError, isCancelled, toEarshotError } from '../../core/errors.js';
import { parseModelRef } from '../../core/model.js';
import { formatDuration } from '../../core/timecode.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import type { TranscribeArguments } from '../../host/commands.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import { showError } from '../../host/showError.js';
import { saveTranscript, type SavedTranscript } from '../../host/transcriptFiles.js';
import { chooseTranscriber } from '../../workflows/chooseModel.js';
import { transcribeClip } from '../../workflows/transcribeClip.js';

/** Servers are asked in parallel; programs on this machine would only take each other's processor. */
const concurrencyRemote = 3;

interface Done {
  readonly uri: vscode.Uri;
  readonly saved: SavedTranscript;
  readonly stoppedBy: EarshotError | undefined;
}

interface Failed {
  readonly uri: vscode.Uri;
  readonly error: EarshotError;
}

type Report = (latest: string, fraction: number | undefined) => void;

async function transcribeFile(
  uri: vscode.Uri,
  services: Services,
  given: TranscribeArguments,
  signal: AbortSignal,
  report: Report,
): Promise<Done> {
  const settings = readSettings(uri);
  const ref =
    given.model === undefined ? settings.transcriptionModel : parseModelRef(given.model, 'the command argument');
  const language = given.language ?? settings.language;
  const chosen = await chooseTranscriber(await services.survey(signal), ref);
  const clip = await services.openClip(uri);
  services.log.info(`Transcribing ${clip.name} with ${chosen.provider.name}:${chosen.model.ref.model}`);
  const { transcript, stoppedBy } = await transcribeClip(
    clip,
    { chosen, glossary: settings.glossary, ...(language === undefined ? {} : { language }) },
    services,
    signal,
    ({ completeUntilSeconds, durationSeconds, latest }) => {
      const total = durationSeconds === undefined ? '' : ` of ${formatDuration(durationSeconds)}`;
      const words = latest === undefined ? chosen.model.label : latest.replaceAll(/\s+/g, ' ').slice(0, 80);
      report(
        `${formatDuration(completeUntilSeconds)}${total}: ${words}`,
        durationSeconds === undefined || durationSeconds === 0 ? undefined : completeUntilSeconds / durationSeconds,
      );
    },
  );
  const saved = await saveTranscript(vscode.Uri.parse(clip.uri), transcript, given.target ?? settings.save);
  services.log.info(`Transcript of ${clip.name}: ${transcript.segments.length} segments`);
  return { uri, saved, stoppedBy };
}

async function explain({ uri, saved, stoppedBy }: Done, services: Services): Promise<void> {
  const name = fileName(uri);
  if (saved.unsavedBecause !== undefined) {
    void vscode.window.showWarningMessage(
      `${saved.unsavedBecause}. The transcript of ${name} is open and unsaved: save it somewhere else.`,
    );
  }
  if (saved.kept !== undefined) {
    const kept = saved.kept;
    const compare = 'Compare';
    void vscode.window
      .showInformationMessage(
        `${fileName(kept)} was edited by hand and is left as it is. The new transcript is ${fileName(saved.uri)}.`,
        compare,
      )
      .then((choice) =>
        choice === compare
          ? vscode.commands.executeCommand('vscode.diff', kept, saved.uri, `${fileName(kept)} ↔ ${fileName(saved.uri)}`)
          : undefined,
      );
  }
  if (stoppedBy !== undefined && !isCancelled(stoppedBy)) void showError(stoppedBy, services.log);
  const document = await vscode.workspace.openTextDocument(saved.uri);
  await vscode.window.showTextDocument(document, { preview: false, preserveFocus: false });
}

/** Transcribes each file, shows progress, and opens what came out. A failure of one file leaves the others alone. */
export async function transcribeFiles(
  uris: readonly vscode.Uri[],
  services: Services,
  given: TranscribeArguments,
): Promise<{ readonly transcript: vscode.Uri }[]> {
  const done: Done[] = [];
  const failed: Failed[] = [];
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
      const { signal, dispose } = signalOf(token);
      const fractions = new Map<vscode.Uri, number>();
      let shown = 0;
      const reportFor =
        (uri: vscode.Uri): Report =>
        (latest, fraction) => {
          fractions.set(uri, fraction ?? 0);
          const sum = [...fractions.values()].reduce((total, value) => total + value, 0);
          const percent = 100 * Math.min(1, sum / uris.length);
          const name = uris.length === 1 ? '' : `${fileName(uri)} `;
          progress.report({ message: `${name}${latest}`, increment: Math.max(0, percent - shown) });
          shown = Math.max(shown, percent);
        };
      const limit = pLimit(await concurrency(services, signal));
      await Promise.all(
        uris.map((uri) =>
          limit(async () => {
            try {
              if (signal.aborted) throw cancelled();
              done.push(await transcribeFile(uri, services, given, signal, reportFor(uri)));
            } catch (thrown) {
              failed.push({ uri, error: toEarshotError(thrown) });
            }
            fractions.set(uri, 1);
          }),
        ),
      );
      dispose();
    },
  );
  for (const one of done) await explain(one, services);
  // Whoever called gets the result now; the message may stand there for hours before somebody presses Retry.
  void explainFailures(failed, uris.length, services).then((again) =>
    again.length === 0 ? undefined : transcribeFiles(again, services, given),
  );
  return done.map(({ saved }) => ({ transcript: saved.uri }));
}

async function concurrency(services: Services, signal: AbortSignal): Promise<number> {
  const ready = (await services.survey(signal)).filter(({ readiness }) => readiness.state === 'ready');
  return ready[0]?.provider.isLocal === true ? 1 : concurrencyRemote;
}

/** Shows one message for all failures, and resolves to the files that the user wants tried again. */
async function explainFailures(
  failed: readonly Failed[],
  total: number,
  services: Services,
): Promise<readonly vscode.Uri[]> {
  const real = failed.filter(({ error }) => !isCancelled(error));
  const [first, ...others] = real;
  if (first === undefined) return [];
  for (const { uri, error } of others) services.log.warn(`${fileName(uri)}: [${error.reason}] ${error.message}`);
  const error =
    others.length === 0
      ? first.error
      : new EarshotError(
          first.error.reason,
          `${real.length} of ${total} recordings could not be transcribed; the log has the reason of each. ${fileName(first.uri)}: ${first.error.message}`,
          { ...(first.error.provider === undefined ? {} : { provider: first.error.provider }), cause: first.error },
        );
  const choice = await showError(error, services.log, true);
  return choice === 'retry' ? real.map(({ uri }) => uri) : [];
}
