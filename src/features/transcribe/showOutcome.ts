import * as vscode from 'vscode';
import { EarshotError, isCancelled } from '../../core/errors.js';
import { formatDuration } from '../../core/timecode.js';
import { fileName } from '../../host/clips.js';
import type { Services } from '../../host/services.js';
import { showError } from '../../host/showError.js';
import type { Kept, SavedTranscript } from '../../host/transcriptFiles.js';
import { warnSilent } from '../../host/warnSilent.js';
import { silentClips } from '../../workflows/beforeSending.js';

/** A transcript that is there, whole or in part. */
export interface Outcome {
  readonly uri: vscode.Uri;
  readonly saved: SavedTranscript;
  /** It grew in an editor that the user still has: wherever they are by now, they stay there. */
  readonly isOpen: boolean;
  /** How far it goes, when it was stopped. */
  readonly reachSeconds: number;
  readonly stoppedBy: EarshotError | undefined;
  /** What is wrong with the recording itself. */
  readonly warnings: readonly string[];
}

/** A recording that nothing was heard of. */
export interface Failure {
  readonly uri: vscode.Uri;
  readonly error: EarshotError;
}

const reasonsToKeep = {
  edited: 'was edited by hand',
  'earlier-recording': 'belongs to an earlier recording of that name',
  'reaches-further': 'reaches further than the new one',
  unknown: 'was there before',
} as const satisfies Record<Kept, string>;

function explainKept({ saved }: Outcome): void {
  if (saved.kept === undefined) return;
  const { uri, why } = saved.kept;
  const compare = 'Compare';
  const [kept, made] = [fileName(uri), fileName(saved.uri)];
  void vscode.window
    .showInformationMessage(
      `${kept} ${reasonsToKeep[why]} and is left as it is. The new transcript is ${made}.`,
      compare,
    )
    .then((choice) =>
      choice === compare
        ? vscode.commands.executeCommand('vscode.diff', uri, saved.uri, `${kept} ↔ ${made}`)
        : undefined,
    );
}

function explainStop({ uri, saved, reachSeconds, stoppedBy }: Outcome, services: Services, again: Again): void {
  if (stoppedBy === undefined) return;
  const reach = `The transcript ${fileName(saved.uri)} reaches ${formatDuration(reachSeconds)} and no further.`;
  if (isCancelled(stoppedBy)) {
    void vscode.window.showInformationMessage(`Cancelled. ${reach}`);
    return;
  }
  const error = new EarshotError(stoppedBy.reason, `${reach} ${stoppedBy.message}`, {
    ...(stoppedBy.provider === undefined ? {} : { provider: stoppedBy.provider }),
    ...(stoppedBy.detail === undefined ? {} : { detail: stoppedBy.detail }),
    cause: stoppedBy,
  });
  void showError(error, services.log, true).then((choice) => (choice === 'retry' ? again([uri]) : undefined));
}

type Again = (uris: readonly vscode.Uri[]) => unknown;

/** Opens a transcript and says what is special about it. What goes wrong here is shown and holds up nothing else. */
export async function showTranscript(outcome: Outcome, services: Services, again: Again): Promise<void> {
  const { uri, saved } = outcome;
  if (saved.unsavedBecause !== undefined) {
    void vscode.window.showWarningMessage(
      `${saved.unsavedBecause}. The transcript of ${fileName(uri)} is open and unsaved: save it somewhere else.`,
    );
  }
  explainKept(outcome);
  explainStop(outcome, services, again);
  if (outcome.warnings.length > 0) void vscode.window.showWarningMessage(outcome.warnings.join(' '));
  if (outcome.isOpen) return;
  try {
    const document = await vscode.workspace.openTextDocument(saved.uri);
    // Whoever goes on typing elsewhere, or is in the middle of a picker, stays there.
    await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
  } catch (thrown) {
    void showError(thrown, services.log);
  }
}

/** Shows one warning for all silent recordings, and resolves to those that the user wants sent all the same. */
export async function showSilent(failures: readonly Failure[], { log }: Services): Promise<readonly vscode.Uri[]> {
  if (failures.length === 0) return [];
  const uris = failures.map(({ uri }) => uri);
  return (await warnSilent(silentClips(uris.map((uri) => ({ name: fileName(uri) }))), log)) ? uris : [];
}

/** Shows one message for all failures, and resolves to the files that the user wants tried again. */
export async function showFailures(
  failures: readonly Failure[],
  total: number,
  { log }: Services,
): Promise<readonly vscode.Uri[]> {
  const real = failures.filter(({ error }) => !isCancelled(error));
  const [first, ...others] = real;
  if (first === undefined) return [];
  for (const { uri, error } of others) log.warn(`${fileName(uri)}: [${error.reason}] ${error.message}`);
  const error =
    others.length === 0
      ? first.error
      : new EarshotError(
          first.error.reason,
          `${real.length} of ${total} recordings could not be transcribed; the log has the reason of each. ${fileName(first.uri)}: ${first.error.message}`,
          { ...(first.error.provider === undefined ? {} : { provider: first.error.provider }), cause: first.error },
        );
  return (await showError(error, log, true)) === 'retry' ? real.map(({ uri }) => uri) : [];
}
