import * as vscode from 'vscode';
import { EarshotError, isCancelled, toEarshotError } from '../../core/errors.js';
import type { CueSyntax } from '../../core/formats/cueFile.js';
import type { ExportedTranscript } from '../../core/formats/exportedTranscript.js';
import { readCueFile } from '../../core/formats/readCueFile.js';
import { parseWebVtt, serialiseCues, serialiseWebVtt } from '../../core/formats/webVtt.js';
import { formatModelRef, parseModelRef } from '../../core/model.js';
import { formatCost, costInDollars, formatUsage } from '../../core/usage.js';
import { signalOf } from '../../host/cancellation.js';
import { fileName } from '../../host/clips.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { readGlossary } from '../../host/glossary.js';
import { readSettings } from '../../host/settings.js';
import { showError } from '../../host/showError.js';
import { extensionOf, readTranscript, transcriptUri } from '../../host/transcriptFiles.js';
import { looksLikeTranscript, openTranscript } from '../../host/transcriptSource.js';
import type { ProviderState } from '../../workflows/chooseModel.js';
import type { Reader } from '../../workflows/reader.js';
import { findReader } from '../../workflows/summarizeClip.js';
import { translate, type Translation } from '../../workflows/translate.js';
import type { TargetLanguage } from '../../workflows/translateAnswer.js';
import { passagesOf, withNote, withTranslations } from '../../workflows/translateCues.js';
import { otherReader } from '../summarize/otherReader.js';
import { saveTranslation } from './translationFiles.js';

export interface TranslateArguments {
  /** `provider:model`. */
  readonly model?: string;
  readonly language: TargetLanguage;
}

/** The transcript of a recording: one of exactly these bytes that is there, else a new one. Undefined when there is none to be had. */
async function transcriptFor(
  uri: vscode.Uri,
  services: Services,
  signal: AbortSignal,
): Promise<vscode.Uri | undefined> {
  const clip = await services.openClip(uri);
  const beside = vscode.Uri.parse(clip.uri);
  const candidates = [transcriptUri(beside), transcriptUri(beside, extensionOf(beside))];
  for (const candidate of candidates) {
    const found = await readTranscript(candidate);
    if (found === undefined || found.isPartial || found.segments.length === 0) continue;
    if (found.sourceSha256 === (await services.engine.sha256(clip.source, signal))) return candidate;
  }
  // Shows its own progress, and its own errors.
  const made = await vscode.commands.executeCommand<readonly { readonly transcript: vscode.Uri }[] | undefined>(
    commandIds.transcribe,
    uri,
    undefined,
    // Whatever is wanted otherwise: this one is read again.
    { format: 'vtt' },
  );
  return made?.[0]?.transcript;
}

interface Source {
  readonly content: string;
  readonly syntax: CueSyntax;
  readonly transcript: ExportedTranscript;
}

/** @throws EarshotError `transcript-unreadable` */
async function read(uri: vscode.Uri): Promise<Source> {
  const transcript = await openTranscript(uri);
  const content = (await vscode.workspace.openTextDocument(uri)).getText();
  if (parseWebVtt(content) !== undefined) return { content, syntax: 'vtt', transcript };
  if (/^\uFEFF?\s*[[{]/.test(content)) {
    return {
      content: serialiseWebVtt(transcript.notes, serialiseCues(transcript.segments)),
      syntax: 'vtt',
      transcript,
    };
  }
  return { content, syntax: 'srt', transcript };
}

/** Where the translation comes from, as transcripts say it of themselves. */
function noteFor(
  uri: vscode.Uri,
  { transcript }: Source,
  { language, reader, result, total }: { language: TargetLanguage; reader: Reader; result: Translation; total: number },
  now: Date,
): string {
  const { sourceName, sourceSha256, durationSeconds } = transcript.origin;
  const usage = result.usage === undefined ? '' : formatUsage(result.usage);
  const left = total - result.translations.size;
  return [
    'Translated by Earshot',
    `from: ${fileName(uri).replaceAll(/\s+/g, ' ')}`,
    ...(sourceName === undefined ? [] : [`source: ${sourceName}`]),
    ...(sourceSha256 === undefined ? [] : [`source-sha256: ${sourceSha256}`]),
    ...(durationSeconds === undefined ? [] : [`source-duration: ${durationSeconds} s`]),
    `model: ${reader.chosen === undefined ? reader.label : formatModelRef(reader.chosen.model.ref)}`,
    `language: ${language.tag}`,
    `date: ${now.toISOString().replace(/\.\d+Z$/, 'Z')}`,
    ...(usage === '' ? [] : [`usage: ${usage}`]),
    ...(left === 0 ? [] : [`untranslated: ${left} of ${total} cues`]),
  ].join('\n');
}

/** Translates one file and saves what came of it. Undefined when there is nothing to translate. */
async function translateFile(
  given: vscode.Uri,
  { language, model }: TranslateArguments,
  states: readonly ProviderState[],
  services: Services,
  memory: vscode.Memento,
  signal: AbortSignal,
  report: (message: string) => void,
): Promise<{ readonly uri: vscode.Uri; readonly stoppedBy?: EarshotError } | undefined> {
  const isTranscript = given.scheme === 'untitled' || /\.json$/i.test(given.path) || looksLikeTranscript(given);
  const settings = readSettings(given);
  const ref = model === undefined ? settings.model() : parseModelRef(model, 'the command argument');
  // Whether anybody can translate is better known before somebody is paid for transcribing.
  const reader = await findReader({ model: ref, otherReader }, states);
  const uri = isTranscript ? given : await transcriptFor(given, services, signal);
  if (uri === undefined) return undefined;
  const name = fileName(uri);
  const source = await read(uri);
  const spoken = source.transcript.origin.language?.toLowerCase();
  if (spoken !== undefined && spoken === language.tag.toLowerCase()) {
    void vscode.window.showInformationMessage(`${name} is in ${language.name} already.`);
    return undefined;
  }
  const file = readCueFile(source.content, source.syntax);
  const passages = passagesOf(file);
  if (passages.length === 0) {
    throw new EarshotError('transcript-unreadable', `${name} holds no words to translate. Pick another file.`);
  }
  report(`${reader.label}, 0 of ${passages.length} cues`);
  const work = { name, passages, language, glossary: (await readGlossary(given)).terms };
  const result = await translate(work, reader, services, signal, (count) => {
    report(`${reader.label}, ${count} of ${passages.length} cues`);
  });
  const translated = withTranslations(file, passages, result.translations);
  const note = noteFor(uri, source, { language, reader, result, total: passages.length }, services.now());
  const content = source.syntax === 'vtt' ? withNote(translated, note, language.tag) : translated;
  const { stoppedBy, usage } = result;
  const text = { content, syntax: source.syntax, languageTag: language.tag, isWhole: stoppedBy === undefined };
  const saved = await saveTranslation(uri, text, memory);
  const cost = costInDollars(usage ?? {}, reader.chosen?.model.capabilities.prices);
  services.log.info(
    `${name} is translated into ${language.name} by ${reader.label}: ${result.translations.size} of ${passages.length} cues${usage === undefined ? ', all of them kept from before' : `, ${formatUsage(usage)}, ${formatCost(cost)}`}`,
  );
  if (saved.kept !== undefined) {
    void vscode.window.showInformationMessage(
      `${fileName(saved.kept)} is left as it is, since Earshot did not write it or somebody edited it. The new translation is ${fileName(saved.uri)}.`,
    );
  }
  if (saved.unsavedBecause !== undefined) {
    void vscode.window.showWarningMessage(
      `${saved.unsavedBecause}. The translation is open and unsaved: save it somewhere else.`,
    );
  }
  if (stoppedBy === undefined) return { uri: saved.uri };
  const reach = `${result.translations.size} of ${passages.length} cues are translated in ${fileName(saved.uri)}, the rest are as they were.`;
  const error = new EarshotError(stoppedBy.reason, isCancelled(stoppedBy) ? reach : `${reach} ${stoppedBy.message}`, {
    ...(stoppedBy.provider === undefined ? {} : { provider: stoppedBy.provider }),
    ...(stoppedBy.detail === undefined ? {} : { detail: stoppedBy.detail }),
    cause: stoppedBy,
  });
  return { uri: saved.uri, stoppedBy: error };
}

/** Translates each file, one after another, and opens what came out. A failure of one file leaves the others alone. */
export async function translateFiles(
  uris: readonly vscode.Uri[],
  services: Services,
  memory: vscode.Memento,
  given: TranslateArguments,
): Promise<{ readonly translation: vscode.Uri }[]> {
  const done: vscode.Uri[] = [];
  const failed: { readonly uri: vscode.Uri; readonly error: EarshotError }[] = [];
  const [only] = uris;
  const what = uris.length === 1 && only !== undefined ? fileName(only) : `${uris.length} files`;
  const title = `Translating ${what} into ${given.language.name}`;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const states = await services.survey(signal);
        for (const uri of uris) {
          const report = (message: string): void => {
            progress.report({ message: uris.length === 1 ? message : `${fileName(uri)}: ${message}` });
          };
          try {
            const result = await translateFile(uri, given, states, services, memory, signal, report);
            if (result !== undefined) done.push(result.uri);
            if (result?.stoppedBy !== undefined) failed.push({ uri, error: result.stoppedBy });
          } catch (thrown) {
            failed.push({ uri, error: toEarshotError(thrown) });
          }
          if (signal.aborted) return;
        }
      } finally {
        dispose();
      }
    },
  );
  for (const uri of done) {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
  }
  explain(failed, (some) => translateFiles(some, services, memory, given), services);
  return done.map((translation) => ({ translation }));
}

/** Whoever called gets the result now; the message may stand there for hours before somebody presses Retry. */
function explain(
  failed: readonly { readonly uri: vscode.Uri; readonly error: EarshotError }[],
  again: (uris: readonly vscode.Uri[]) => unknown,
  { log }: Services,
): void {
  for (const { error } of failed) {
    if (isCancelled(error) && error.cause !== undefined)
      void vscode.window.showInformationMessage(`Cancelled. ${error.message}`);
  }
  const [first, ...others] = failed.filter(({ error }) => !isCancelled(error));
  if (first === undefined) return;
  for (const { uri, error } of others) log.warn(`${fileName(uri)}: [${error.reason}] ${error.message}`);
  const uris = [first, ...others].map(({ uri }) => uri);
  const more = others.length === 0 ? '' : ` ${others.length} more failed; the log has the reason of each.`;
  const { error } = first;
  const shown = new EarshotError(error.reason, error.message + more, {
    ...(error.provider === undefined ? {} : { provider: error.provider }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    cause: error,
  });
  void showError(shown, log, true).then((choice) => (choice === 'retry' ? again(uris) : undefined));
}
