import * as vscode from 'vscode';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import { createRecordingFinder, looksLikeTranscript } from '../../host/recordings.js';
import type { Services } from '../../host/services.js';
import { showError } from '../../host/showError.js';
import { syntaxOf, type ParsedDocuments } from '../transcripts/parsedDocuments.js';
import { cueAtCaret, followTranscript } from './follow.js';
import { readTimeLink } from './openLink.js';
import { createPlayer, type PlayOptions } from './player.js';

/** The player, what follows it, and everything that makes it play. */
export function registerPlayer(
  services: Services,
  context: vscode.ExtensionContext,
  documents: ParsedDocuments,
): readonly { dispose(): unknown }[] {
  const { log } = services;
  const finder = createRecordingFinder();
  const player = createPlayer(services, context, () => void vscode.commands.executeCommand(commandIds.play));

  /** Plays a recording, or the one that a transcript belongs to. */
  const play = async (uri: vscode.Uri, seconds: number, options: PlayOptions): Promise<void> => {
    if (!looksLikeTranscript(uri) && uri.scheme !== 'untitled') {
      await player.play(uri, seconds, options);
      return;
    }
    const transcript = await vscode.workspace.openTextDocument(uri);
    await player.play(await finder.find(transcript), seconds, { ...options, transcript: uri });
  };

  return [
    player,
    followTranscript(player, documents),
    registerCommand(commandIds.play, log, async (first, second, third) => {
      const uri = uriOf(first) ?? (await pickClips('Play'))?.[0];
      if (uri === undefined) return undefined;
      await play(uri, numberOf(second) ?? 0, playOptionsOf(third));
      return true;
    }),
    registerCommand(commandIds.playFromCaret, log, async () => {
      const editor = vscode.window.activeTextEditor;
      if (editor === undefined || syntaxOf(editor.document) === undefined) {
        void vscode.window.showInformationMessage(
          'Open a transcript (.vtt or .srt) first, then run this command again.',
        );
        return undefined;
      }
      const { document, selection } = editor;
      const offset = document.offsetAt(selection.active);
      const cue =
        cueAtCaret(editor, documents) ?? documents.read(document).cues.find(({ span }) => span.start >= offset);
      const recording = await finder.find(document);
      await player.play(recording, cue?.startSeconds ?? 0, { transcript: document.uri });
      return true;
    }),
    registerCommand(commandIds.playOrPause, log, () => {
      if (player.recording === undefined) return vscode.commands.executeCommand(commandIds.playFromCaret);
      player.playOrPause();
      return true;
    }),
    vscode.window.registerUriHandler({
      handleUri: async (uri) => {
        try {
          const { file, seconds, until } = readTimeLink(uri);
          await play(file, seconds, until === undefined ? {} : { until });
        } catch (thrown) {
          void showError(thrown, log);
        }
      },
    }),
  ];
}

/** Links hand over text. */
function uriOf(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  return typeof given === 'string' && given !== '' ? vscode.Uri.parse(given, true) : undefined;
}

function numberOf(given: unknown): number | undefined {
  return typeof given === 'number' && Number.isFinite(given) && given >= 0 ? given : undefined;
}

function playOptionsOf(given: unknown): PlayOptions {
  if (typeof given !== 'object' || given === null) return {};
  const until = numberOf(Reflect.get(given, 'until'));
  const transcript = uriOf(Reflect.get(given, 'transcript'));
  return { ...(until === undefined ? {} : { until }), ...(transcript === undefined ? {} : { transcript }) };
}
