import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { exportFormats, isExportFormat } from '../../core/formats/exportFormats.js';
import { transcriptSchemaUri } from '../../core/formats/transcriptJson.js';
import { fileName } from '../../host/clips.js';
import { registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { activeTranscript, pickTranscript } from '../../host/transcriptSource.js';
import { exportTranscript, type ExportArguments } from './exportTranscript.js';

/** The Explorer hands over its selection as the second argument, other code its options. */
function argumentsOf(given: readonly unknown[]): ExportArguments {
  const options = given.find((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  const format = stringOf(options, 'format');
  if (format !== undefined && !isExportFormat(format)) {
    throw new EarshotError(
      'invalid-settings',
      `"${format}" is no format of transcripts. Choose one of ${Object.keys(exportFormats).join(', ')}.`,
    );
  }
  const target: unknown = options === undefined || options === null ? undefined : Reflect.get(options, 'target');
  return {
    ...(format === undefined ? {} : { format }),
    ...(target instanceof vscode.Uri || target === 'beside' ? { target } : {}),
  };
}

function offerToOpen(target: vscode.Uri): void {
  const open = 'Open';
  void vscode.window
    .showInformationMessage(`${fileName(target)} is written.`, open)
    .then((choice) => (choice === open ? vscode.commands.executeCommand('vscode.open', target) : undefined));
}

/** Transcripts in other formats, and the schema that their JSON names. */
export function registerExport(services: Services, extensionUri: vscode.Uri): readonly vscode.Disposable[] {
  const schema = vscode.Uri.parse(transcriptSchemaUri);
  return [
    vscode.workspace.registerTextDocumentContentProvider(schema.scheme, {
      provideTextDocumentContent: async ({ path }) => {
        const file = vscode.Uri.joinPath(extensionUri, 'media', 'schemas', path.slice(path.lastIndexOf('/') + 1));
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      },
    }),
    registerCommand(commandIds.exportTranscript, services.log, async (first, ...others) => {
      const [given] = urisOf(first, undefined);
      const uri = given ?? activeTranscript() ?? (await pickTranscript('Export Transcript As…'));
      if (uri === undefined) return undefined;
      const target = await exportTranscript(uri, argumentsOf(given === undefined ? [first, ...others] : others));
      if (target !== undefined) offerToOpen(target);
      return target;
    }),
  ];
}
