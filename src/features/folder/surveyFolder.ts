import pLimit from 'p-limit';
import type * as vscode from 'vscode';
import { toEarshotError, throwIfCancelled, type EarshotError } from '../../core/errors.js';
import type { Services } from '../../host/services.js';
import { extensionOf, readTranscript, transcriptUri } from '../../host/transcriptFiles.js';

/** What is known of a recording before anybody is asked to transcribe it. */
export interface Surveyed {
  readonly uri: vscode.Uri;
  readonly durationSeconds?: number;
  readonly channels?: number;
}

export interface FolderSurvey {
  readonly wanted: readonly Surveyed[];
  readonly upToDate: readonly vscode.Uri[];
  readonly failed: readonly { readonly uri: vscode.Uri; readonly error: EarshotError }[];
}

const lookedAtOnce = 6;

/** Whether a whole transcript of exactly these bytes lies beside the recording. Reads all of the recording only where one might. */
async function isUpToDate(uri: vscode.Uri, services: Services, signal: AbortSignal): Promise<boolean> {
  for (const candidate of [transcriptUri(uri), transcriptUri(uri, extensionOf(uri))]) {
    const found = await readTranscript(candidate);
    if (found?.sourceSha256 === undefined || found.isPartial || found.segments.length === 0) continue;
    const { source } = await services.openClip(uri);
    if (found.sourceSha256 === (await services.engine.sha256(source, signal))) return true;
  }
  return false;
}

/** Looks at each recording: how long it is, and whether its transcript is there. Throws EarshotError `cancelled` only. */
export async function surveyFolder(
  uris: readonly vscode.Uri[],
  services: Services,
  signal: AbortSignal,
  onProgress: (count: number) => void,
): Promise<FolderSurvey> {
  const wanted = new Map<vscode.Uri, Surveyed>();
  const upToDate: vscode.Uri[] = [];
  const failed: { uri: vscode.Uri; error: EarshotError }[] = [];
  let count = 0;
  await pLimit(lookedAtOnce).map(uris, async (uri) => {
    throwIfCancelled(signal);
    try {
      const { source } = await services.openClip(uri);
      const { durationSeconds, channels } = await services.engine.probe(source, signal);
      if (await isUpToDate(uri, services, signal)) upToDate.push(uri);
      else {
        wanted.set(uri, {
          uri,
          ...(durationSeconds === undefined ? {} : { durationSeconds }),
          ...(channels === undefined ? {} : { channels }),
        });
      }
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.reason === 'cancelled') throw error;
      failed.push({ uri, error });
    }
    onProgress(++count);
  });
  return { wanted: uris.flatMap((uri) => wanted.get(uri) ?? []), upToDate, failed };
}
