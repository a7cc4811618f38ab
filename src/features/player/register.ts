import * as vscode from 'vscode';
import type { TimeRange } from '../../core/clip.js';
import { cutPart } from '../../host/clipParts.js';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import { createRecordingFinder, looksLikeTranscript } from '../../host/recordings.js';
import type { Services } from '../../host/services.js';
import { showError } from '../../host/showError.js';
import { syntaxOf, type ParsedDocuments } from '../transcripts/parsedDocuments.js';
import { cueAtCaret, followTranscript } from './follow.js';
import { readTimeLink } from './openLink.js';
import { playInOrder, type Place } from './playInOrder.js';
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

  const recordingOf = async (uri: vscode.Uri): Promise<vscode.Uri> =>
    isTranscript(uri) ? finder.find(await vscode.workspace.openTextDocument(uri)) : uri;

  /** Plays a recording, or the one that a transcript belongs to. */
  const play = async (uri: vscode.Uri, seconds: number, options: PlayOptions): Promise<void> => {
    const transcript = isTranscript(uri) ? { transcript: uri } : {};
    await player.play(await recordingOf(uri), seconds, { ...options, ...transcript });
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
    registerCommand(commandIds.playEvidence, log, (citations) =>
      playInOrder(player, placesOf(citations), async (recording) => {
        const { source } = await services.openClip(recording);
        return (await services.engine.probe(source)).durationSeconds;
      }),
    ),
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
    registerCommand(commandIds.askAboutPart, log, async (first, second, third) => {
      const given = uriOf(first);
      const start = numberOf(second);
      const end = numberOf(third);
      const part =
        given === undefined || start === undefined || end === undefined
          ? selectedPart(documents)
          : { uri: given, startSeconds: start, endSeconds: end };
      if (part === undefined) {
        void vscode.window.showInformationMessage('Select the cues to ask about in a transcript (.vtt or .srt) first.');
        return undefined;
      }
      const clip = await services.openClip(await recordingOf(part.uri));
      const folder = vscode.Uri.joinPath(context.globalStorageUri, 'parts');
      return vscode.commands.executeCommand(commandIds.ask, await cutPart(clip, part, services.engine, folder));
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

/** Unsaved documents are transcripts: recordings are files. */
function isTranscript(uri: vscode.Uri): boolean {
  return looksLikeTranscript(uri) || uri.scheme === 'untitled';
}

/** From the beginning of the first selected cue to the end of the last. */
function selectedPart(documents: ParsedDocuments): (TimeRange & { readonly uri: vscode.Uri }) | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || syntaxOf(editor.document) === undefined) return undefined;
  const { document, selection } = editor;
  const from = document.offsetAt(selection.start);
  const to = document.offsetAt(selection.end);
  const cues = documents.read(document).cues.filter(({ span }) => span.end >= from && span.start <= to);
  if (cues.length === 0) return undefined;
  return {
    uri: document.uri,
    startSeconds: Math.min(...cues.map(({ startSeconds }) => startSeconds)),
    endSeconds: Math.max(...cues.map(({ endSeconds }) => endSeconds)),
  };
}

/** Plain data, as a chat keeps it. */
function placesOf(citations: unknown): readonly Place[] {
  if (!Array.isArray(citations)) return [];
  return citations.flatMap((citation: unknown) => {
    if (typeof citation !== 'object' || citation === null) return [];
    const recording = uriOf(Reflect.get(citation, 'clip'));
    const startSeconds = numberOf(Reflect.get(citation, 'startSeconds'));
    const endSeconds = numberOf(Reflect.get(citation, 'endSeconds')) ?? startSeconds;
    if (recording === undefined || startSeconds === undefined || endSeconds === undefined) return [];
    return [{ recording, startSeconds, endSeconds }];
  });
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
