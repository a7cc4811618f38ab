import * as vscode from 'vscode';
import { EarshotError } from '../core/errors.js';
import { originOf } from '../core/formats/exportedTranscript.js';
import { parseWebVtt } from '../core/formats/webVtt.js';
import { fileName } from './clips.js';
import { transcriptLanguages } from './ids.js';
import { looksLikeAudio } from './pickClips.js';

export function looksLikeTranscript(uri: vscode.Uri): boolean {
  return transcriptLanguages.some((language) => fileName(uri).toLowerCase().endsWith(`.${language}`));
}

/** `talk.new-2.vtt` → `talk.new-2`, `talk`: a transcript may have a tag of its own, or the extension of its recording. */
function stemsOf(uri: vscode.Uri): readonly string[] {
  const stems: string[] = [];
  for (let name = fileName(uri); name.includes('.');) {
    name = name.slice(0, name.lastIndexOf('.'));
    if (name !== '') stems.push(name);
  }
  return stems;
}

async function namesBeside(uri: vscode.Uri): Promise<readonly string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(uri, '..'));
    return entries.filter(([, type]) => (type & vscode.FileType.Directory) === 0).map(([name]) => name);
  } catch {
    // Such as the folder of an unsaved document.
    return [];
  }
}

/** The recording that a transcript names in its NOTE, else the one beside it that is called like it. */
export async function recordingBeside(transcript: vscode.Uri, content: string): Promise<vscode.Uri | undefined> {
  const named = originOf(parseWebVtt(content)?.notes ?? []).sourceName;
  const names = await namesBeside(transcript);
  const beside = (name: string): vscode.Uri => vscode.Uri.joinPath(transcript, '..', name);
  if (named !== undefined && names.includes(named)) return beside(named);
  for (const stem of stemsOf(transcript)) {
    const found = names.find((name) => name === stem || name.slice(0, name.lastIndexOf('.')) === stem);
    if (found !== undefined && looksLikeAudio(beside(found))) return beside(found);
    const audio = names.find((name) => name.startsWith(`${stem}.`) && looksLikeAudio(beside(name)));
    if (audio !== undefined) return beside(audio);
  }
  return undefined;
}

/** The transcript beside a recording: `talk.vtt`, `talk.m4a.vtt`, `talk.srt`. */
export async function transcriptBeside(recording: vscode.Uri): Promise<vscode.Uri | undefined> {
  const names = new Set(await namesBeside(recording));
  const stems = [...stemsOf(recording).slice(0, 1), fileName(recording)];
  const candidates = transcriptLanguages.flatMap((language) => stems.map((stem) => `${stem}.${language}`));
  const found = candidates.find((name) => names.has(name));
  return found === undefined ? undefined : vscode.Uri.joinPath(recording, '..', found);
}

/** Remembers which recording belongs to a transcript, where only the user could tell. */
export interface RecordingFinder {
  /**
   * Asks where nothing tells.
   * @throws EarshotError `cancelled` when the user turns away.
   */
  find(transcript: vscode.TextDocument): Promise<vscode.Uri>;
  /** Undefined where the user would have to be asked. */
  known(transcript: vscode.TextDocument): Promise<vscode.Uri | undefined>;
}

export function createRecordingFinder(): RecordingFinder {
  const chosen = new Map<string, vscode.Uri>();
  const known = async (transcript: vscode.TextDocument): Promise<vscode.Uri | undefined> =>
    chosen.get(transcript.uri.toString()) ?? (await recordingBeside(transcript.uri, transcript.getText()));
  return {
    known,
    async find(transcript) {
      const found = await known(transcript);
      if (found !== undefined) return found;
      const name = fileName(transcript.uri);
      const picked = await vscode.window.showOpenDialog({
        title: `Which recording is ${name} the transcript of?`,
        openLabel: 'Play',
        ...(transcript.uri.scheme === 'untitled' ? {} : { defaultUri: vscode.Uri.joinPath(transcript.uri, '..') }),
      });
      const [recording] = picked ?? [];
      if (recording === undefined) throw new EarshotError('cancelled', 'No recording was chosen.');
      chosen.set(transcript.uri.toString(), recording);
      return recording;
    },
  };
}
