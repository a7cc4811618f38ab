import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { mediaFormats } from '../../core/media.js';
import type { Listening } from '../../host/listening.js';
import type { Services } from '../../host/services.js';
import { findNamedFile, type NamedFile } from '../../host/workspacePaths.js';
import type { EarshotTool } from './earshotTool.js';
import { foretellSpeech } from './foretell.js';
import { ToolInput } from './toolInput.js';

const shownCharacters = 300;

/** @throws EarshotError `invalid-argument` outside of the workspace: nothing is written there. */
async function targetOf(input: ToolInput): Promise<NamedFile> {
  const target = await findNamedFile(input.text('file'));
  if (!target.isOutside) return target;
  throw new EarshotError(
    'invalid-argument',
    `${target.shown} is outside of the workspace, and nothing is written there.`,
  );
}

/** A name that is free: `welcome.mp3`, `welcome-2.mp3` … */
async function freeName(wanted: vscode.Uri, extension: string): Promise<vscode.Uri> {
  const stem = wanted.path.replace(/\.[^./]*$/, '');
  for (let count = 1; ; count++) {
    const candidate = wanted.with({ path: `${stem}${count === 1 ? '' : `-${count}`}.${extension}` });
    const isTaken = await vscode.workspace.fs.stat(candidate).then(
      () => true,
      () => false,
    );
    if (!isTaken) return candidate;
  }
}

export function speakTool(listening: Listening, services: Services): EarshotTool {
  return {
    // It reads nothing, and writes nothing there.
    outside: () => Promise.resolve([]),
    plan: async (given, signal) => {
      const input = new ToolInput(given);
      const text = input.text('text');
      const { shown } = await targetOf(input);
      const beginning = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
      return {
        title: `Have a text spoken into ${shown}?`,
        lines: [`“${beginning}”`, await foretellSpeech(text, services, signal)],
        progress: `Speaking into ${shown}`,
      };
    },
    run: async (given, signal) => {
      const input = new ToolInput(given);
      const text = input.text('text');
      const target = await targetOf(input);
      const voice = input.optionalText('voice');
      const { bytes, format, usage } = await listening.speak(text, voice === undefined ? {} : { voice }, signal);
      const uri = await freeName(target.uri, mediaFormats[format].extensions[0]);
      try {
        await vscode.workspace.fs.writeFile(uri, bytes);
      } catch (error) {
        throw new EarshotError(
          'target-unwritable',
          `${vscode.workspace.asRelativePath(uri)} could not be written: ${error instanceof Error ? error.message : String(error)} Choose another place in the workspace.`,
          { cause: error },
        );
      }
      const file = vscode.workspace.asRelativePath(uri);
      return { text: `The text is spoken in ${file}.`, data: { file, format, byteLength: bytes.byteLength, usage } };
    },
  };
}
