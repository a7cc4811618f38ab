import * as vscode from 'vscode';
import type { TimeRange } from '../../core/clip.js';
import { cuesWithin, replaceCues, roomAround, withNames } from '../../core/document/replaceCues.js';
import { cancelled, EarshotError } from '../../core/errors.js';
import { originOf } from '../../core/formats/exportedTranscript.js';
import type { CueFile } from '../../core/formats/cueFile.js';
import { readCueFile } from '../../core/formats/readCueFile.js';
import { parseWebVtt } from '../../core/formats/webVtt.js';
import { formatModelRef, parseModelRef } from '../../core/model.js';
import { formatDuration } from '../../core/timecode.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import { recordingBeside } from '../../host/recordings.js';
import { readGlossary } from '../../host/glossary.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import { showError } from '../../host/showError.js';
import { estimatedCost } from '../../workflows/beforeSending.js';
import {
  chooseTranscriber,
  transcriptionModels,
  type ChosenModel,
  type ProviderState,
} from '../../workflows/chooseModel.js';
import type { OpenClip } from '../../workflows/ports.js';
import { transcribeRange, type RangeOutcome } from '../../workflows/transcribeRange.js';

/** So that no word is cut at the borders. */
const marginSeconds = 0.3;

function read(document: vscode.TextDocument): CueFile {
  return readCueFile(document.getText(), document.languageId === 'srt' ? 'srt' : 'vtt');
}

/** From the first to the last cue that the selection in a transcript's editor touches; undefined where it touches none. */
export function selectedRange(document: vscode.TextDocument): TimeRange | undefined {
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  if (editor === undefined) return undefined;
  const start = document.offsetAt(editor.selection.start);
  const end = document.offsetAt(editor.selection.end);
  const cues = read(document).cues.filter(
    ({ span }) => span.end >= start && (span.start < end || span.start === start),
  );
  if (cues.length === 0) return undefined;
  return {
    startSeconds: Math.min(...cues.map(({ startSeconds }) => startSeconds)),
    endSeconds: Math.max(...cues.map(({ endSeconds }) => endSeconds)),
  };
}

async function findRecording(document: vscode.TextDocument): Promise<vscode.Uri | undefined> {
  const beside = await recordingBeside(document.uri, document.getText());
  if (beside !== undefined) return beside;
  const picked = await vscode.window.showOpenDialog({
    title: `Which recording is ${fileName(document.uri)} the transcript of?`,
    openLabel: 'Transcribe Part',
    ...(document.uri.scheme === 'untitled' ? {} : { defaultUri: vscode.Uri.joinPath(document.uri, '..') }),
  });
  return picked?.[0];
}

/** Whether the transcript is one of these very bytes, or the user says that it does not matter. */
async function isRightRecording(document: vscode.TextDocument, clip: OpenClip, { engine }: Services): Promise<boolean> {
  const { sourceSha256 } = originOf(parseWebVtt(document.getText())?.notes ?? []);
  if (sourceSha256 === undefined || (await engine.sha256(clip.source)) === sourceSha256) return true;
  const anyway = 'Transcribe Anyway';
  const choice = await vscode.window.showWarningMessage(
    `${clip.name} is not the recording that ${fileName(document.uri)} was made from: it has changed since, or is another one of that name. The times may not fit.`,
    anyway,
  );
  return choice === anyway;
}

async function pickModel(
  states: readonly ProviderState[],
  document: vscode.TextDocument,
  range: TimeRange,
): Promise<ChosenModel> {
  const usual = await chooseTranscriber(states, readSettings(document.uri).transcriptionModel());
  const others = transcriptionModels(states).filter(
    ({ model }) => formatModelRef(model.ref) !== formatModelRef(usual.model.ref),
  );
  if (others.length === 0) return usual;
  const audioSeconds = range.endSeconds - range.startSeconds;
  const items = [usual, ...others].map((chosen) => ({
    label: chosen.model.label,
    description: formatModelRef(chosen.model.ref),
    detail: `${chosen === usual ? 'As usual' : chosen.provider.label}${estimatedCost(chosen, { task: 'transcription', audioSeconds })}`,
    chosen,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Transcribe ${formatDuration(range.startSeconds)} to ${formatDuration(range.endSeconds)} Once More`,
    placeHolder: 'With which model? Another one may hear what the first did not.',
    matchOnDescription: true,
  });
  if (picked === undefined) throw cancelled();
  return picked.chosen;
}

/** Puts what was heard in the place of the cues that stand there now, as one step that can be undone. */
async function apply(uri: vscode.Uri, range: TimeRange, { segments, reachSeconds }: RangeOutcome): Promise<void> {
  // It may have been closed meanwhile, and edited.
  const document = await vscode.workspace.openTextDocument(uri);
  const file = read(document);
  const cues = cuesWithin(file, { ...range, endSeconds: Math.min(range.endSeconds, reachSeconds) });
  const edits = replaceCues(file, cues, withNames(file, cues, segments));
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    uri,
    edits.map(({ start, end, text }) =>
      vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
    ),
  );
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new EarshotError(
      'target-unwritable',
      `${fileName(uri)} could not be changed. Check whether it is read-only, then try again.`,
    );
  }
}

/**
 * Transcribes a part of the recording once more, and replaces its cues. Names of speakers stay.
 * @param model `provider:model`; absent: the user is asked where there is a choice.
 * @returns How many cues there are now; undefined when nothing was changed.
 * @throws EarshotError
 */
export async function retranscribeRange(
  document: vscode.TextDocument,
  range: TimeRange,
  services: Services,
  model?: string,
): Promise<number | undefined> {
  const uri = await findRecording(document);
  if (uri === undefined) return undefined;
  const clip = await services.openClip(uri);
  if (!(await isRightRecording(document, clip, services))) return undefined;
  const wide = roomAround(read(document), range, marginSeconds);
  const states = await services.survey();
  const chosen =
    model === undefined
      ? await pickModel(states, document, range)
      : await chooseTranscriber(states, parseModelRef(model, 'the command argument'));
  const { language } = readSettings(uri);
  const glossary = (await readGlossary(uri)).terms;
  const title = `${chosen.model.label} transcribes ${formatDuration(range.startSeconds)} to ${formatDuration(range.endSeconds)} of ${clip.name} once more`;
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const options = { chosen, glossary, ...(language === undefined ? {} : { language }) };
        return await transcribeRange(clip, wide, options, services, signal);
      } finally {
        dispose();
      }
    },
  );
  if (outcome.segments.length === 0) {
    void vscode.window.showInformationMessage(
      `${chosen.model.label} heard no speech from ${formatDuration(range.startSeconds)} to ${formatDuration(range.endSeconds)}. The cues are left as they were: delete them if nobody speaks there.`,
    );
    return undefined;
  }
  await apply(document.uri, range, outcome);
  if (outcome.warnings.length > 0) void vscode.window.showWarningMessage(outcome.warnings.join(' '));
  if (outcome.stoppedBy !== undefined) void showError(outcome.stoppedBy, services.log);
  return outcome.segments.length;
}
