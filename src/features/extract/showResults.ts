import * as vscode from 'vscode';
import { EarshotError, isCancelled } from '../../core/errors.js';
import { flatCsv, flatten, type CsvCell } from '../../core/extraction/flatten.js';
import { fileName } from '../../host/clips.js';
import type { Services } from '../../host/services.js';
import { showError } from '../../host/showError.js';
import { warnSilent } from '../../host/warnSilent.js';
import { silentClips } from '../../workflows/beforeSending.js';
import type { BoundSchemas } from './boundSchemas.js';
import { save, type Extracted, type NotExtracted } from './extractFiles.js';
import { evidenceUri, saveTable } from './resultFiles.js';

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function wordsOf({ pointer, message }: { readonly pointer: string; readonly message: string }): string {
  return pointer === '' ? message : `${pointer} ${message}`;
}

/** There is nothing that could be saved as data; what the model said is shown all the same, since it is paid for. */
async function showAnswer({ uri, extraction }: Extracted): Promise<undefined> {
  const { answer, errors, attempts, bill } = extraction;
  const document = await vscode.workspace.openTextDocument({ content: answer, language: 'plaintext' });
  await vscode.window.showTextDocument(document, { preview: false });
  void vscode.window.showErrorMessage(
    `No data came out of ${fileName(uri)}: the model was asked ${times(attempts)}. ${errors[0]?.message ?? ''} Its last answer is open. ${bill}`,
  );
  return undefined;
}

/** Saves one recording's data, opens it, and says what it is worth. Resolves to the document. */
export async function showResult(result: Extracted, bound: BoundSchemas): Promise<vscode.Uri | undefined> {
  const { extraction, uri } = result;
  if (extraction.value === undefined) return showAnswer(result);
  const saved = await save(result);
  if (saved.unsavedBecause === undefined) bound.add(evidenceUri(saved.uri));
  const document = await vscode.workspace.openTextDocument(saved.uri);
  await vscode.window.showTextDocument(document, { preview: false });
  const { isValid, errors, attempts, bill, warnings, stoppedBy } = extraction;
  const asked = attempts === 1 ? '' : ` The model was asked ${times(attempts)}.`;
  const cost = bill === '' ? '' : ` ${bill}`;
  const notes = warnings.length === 0 ? '' : ` ${warnings.join(' ')}`;
  const unsaved = saved.unsavedBecause === undefined ? '' : ` ${saved.unsavedBecause}: save the data somewhere else.`;
  const openEvidence = 'Open Evidence';
  const buttons = saved.unsavedBecause === undefined ? [openEvidence] : [];
  const shown = isValid
    ? notes === '' && unsaved === ''
      ? vscode.window.showInformationMessage(`Data of ${fileName(uri)} is extracted.${asked}${cost}`, ...buttons)
      : vscode.window.showWarningMessage(
          `Data of ${fileName(uri)} is extracted.${asked}${unsaved}${notes}${cost}`,
          ...buttons,
        )
    : vscode.window.showErrorMessage(
        `The data of ${fileName(uri)} is NOT valid by its schema, and is saved as it came: ${errors.slice(0, 3).map(wordsOf).join('; ')}${errors.length > 3 ? `; and ${errors.length - 3} more` : ''}.${asked}${stoppedBy === undefined ? '' : ` ${stoppedBy.message}`}${unsaved}${notes}${cost}`,
        ...buttons,
      );
  void shown.then((choice) =>
    choice === openEvidence ? vscode.window.showTextDocument(evidenceUri(saved.uri), { preview: false }) : undefined,
  );
  return saved.uri;
}

/** Data of several recordings: a line of JSON and a row of a table for each. Resolves to the files. */
export async function showTable(
  results: readonly Extracted[],
  failures: readonly NotExtracted[],
  schemaName: string,
): Promise<Readonly<Record<string, vscode.Uri>>> {
  const [first] = results;
  if (first === undefined) return {};
  const lines = results.map(({ extraction: { value, answer }, provenance }) =>
    // The schema is the same for all of them, and stays where it is.
    JSON.stringify({
      ...provenance,
      schema: undefined,
      data: value ?? null,
      ...(value === undefined ? { answer } : {}),
    }),
  );
  const rows = results.map(({ extraction, provenance }) => {
    const known: [string, CsvCell][] = [
      ['source', provenance.source],
      ['valid', extraction.isValid ? 'yes' : 'no'],
      ['errors', extraction.errors.map(wordsOf).join('; ')],
    ];
    const data = [...flatten(extraction.value)].map(([column, cell]): [string, CsvCell] => [`data.${column}`, cell]);
    return new Map([...known, ...data]);
  });
  const files = await saveTable(first.uri, schemaName, {
    jsonl: lines.map((line) => `${line}\n`).join(''),
    csv: flatCsv(rows),
  });
  for (const uri of Object.values(files)) {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }
  const invalid = results.filter(({ extraction }) => !extraction.isValid);
  const count = `Data of ${results.length} of ${results.length + failures.length} recordings is extracted`;
  if (invalid.length === 0) void vscode.window.showInformationMessage(`${count}.`);
  else {
    void vscode.window.showWarningMessage(
      `${count}; that of ${invalid.map(({ uri }) => fileName(uri)).join(', ')} is NOT valid by the schema, and marked so.`,
    );
  }
  return files;
}

/** Says which recordings failed. Resolves to those that the user wants tried again, as they are or though they are silent. */
export async function showFailures(
  failures: readonly NotExtracted[],
  { log }: Services,
): Promise<{ readonly uris: readonly vscode.Uri[]; readonly sendSilent: boolean }> {
  const silent = failures.filter(({ error }) => error.reason === 'clip-silent').map(({ uri }) => uri);
  const real = failures.filter(({ error }) => !isCancelled(error) && error.reason !== 'clip-silent');
  const [first, ...others] = real;
  if (first !== undefined) {
    for (const { uri, error } of others) log.warn(`${fileName(uri)}: [${error.reason}] ${error.message}`);
    const { reason, message, provider } = first.error;
    const error =
      others.length === 0
        ? first.error
        : new EarshotError(
            reason,
            `${real.length} recordings could not be extracted from; the log has the reason of each. ${fileName(first.uri)}: ${message}`,
            { cause: first.error, ...(provider === undefined ? {} : { provider }) },
          );
    const again = (await showError(error, log, true)) === 'retry';
    if (again) return { uris: real.map(({ uri }) => uri), sendSilent: false };
  }
  if (silent.length === 0) return { uris: [], sendSilent: false };
  const isWanted = await warnSilent(silentClips(silent.map((uri) => ({ name: fileName(uri) }))), log);
  return { uris: isWanted ? silent : [], sendSilent: true };
}
