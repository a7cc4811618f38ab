import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { fileName, toLocalUri } from '../../host/clips.js';
import { cutPart } from '../../host/clipParts.js';
import { readCueFile } from '../../core/formats/readCueFile.js';
import { formatDuration } from '../../core/timecode.js';
import { addressesIn, urlClip } from '../../host/urlClips.js';
import { looksLikeTranscript, recordingBeside } from '../../host/recordings.js';
import { recordingsUnder, splitFolders } from '../../host/folders.js';
import { looksLikeAudio } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { listed } from '../../workflows/beforeSending.js';

const imageName = /\.(?:png|jpe?g|gif|webp|bmp|tiff?|heic|avif)$/i;

export interface Attachments {
  readonly clips: readonly vscode.Uri[];
  /** A recording that was not attached by hand but happens to be open. */
  readonly active?: vscode.Uri;
  /** Whole sentences about what was attached, for the user. */
  readonly notices: readonly string[];
  /** Names of files that hold no audio and are left out. */
  readonly leftOut: readonly string[];
}

/** Whether the bytes are audio, for files whose name does not say. */
async function holdsAudio(uri: vscode.Uri, services: Services, signal: AbortSignal): Promise<boolean> {
  try {
    const { source } = await services.openClip(uri);
    await services.engine.probe(source, signal);
    return true;
  } catch {
    // A document, or something that cannot be opened: not a recording to ask about.
    return false;
  }
}

interface Part {
  readonly file: vscode.Uri;
  readonly notice: string;
}

/** What is spoken in the selected cues, cut out of the recording. Undefined where no cue is selected. */
async function selectedPart(
  transcript: vscode.Uri,
  { start, end }: vscode.Range,
  services: Services,
  partsFolder: vscode.Uri,
): Promise<Part | undefined> {
  const document = await vscode.workspace.openTextDocument(transcript);
  const [from, to] = [document.offsetAt(start), document.offsetAt(end)];
  const syntax = /\.srt$/i.test(transcript.path) ? 'srt' : 'vtt';
  const cues = readCueFile(document.getText(), syntax).cues.filter(({ span }) => span.end >= from && span.start <= to);
  if (cues.length === 0) return undefined;
  const recording = await recordingBeside(transcript, document.getText());
  if (recording === undefined) {
    throw new EarshotError(
      'no-clip',
      `The recording of ${fileName(transcript)} is not beside it. Attach the recording, or put it there.`,
    );
  }
  const range = {
    startSeconds: Math.min(...cues.map(({ startSeconds }) => startSeconds)),
    endSeconds: Math.max(...cues.map(({ endSeconds }) => endSeconds)),
  };
  const file = await cutPart(await services.openClip(recording), range, services.engine, partsFolder);
  const [first, last] = [range.startSeconds, range.endSeconds].map(formatDuration);
  return {
    file,
    notice: `About ${first} to ${last} of ${fileName(recording)}, as selected; times in the answer count from there.`,
  };
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  return (await splitFolders([uri])).folders.length > 0;
}

/** One question about more of them costs a lot and is answered badly. */
const mostInFolder = 20;

/**
 * @throws EarshotError `no-clip` for a folder with none or too many; `cancelled`
 */
async function recordingsIn(
  folder: vscode.Uri,
  signal: AbortSignal,
): Promise<{ readonly recordings: readonly vscode.Uri[]; readonly notice: string }> {
  const name = fileName(folder);
  const recordings = await recordingsUnder(folder, signal, () => undefined);
  if (recordings.length === 0) {
    throw new EarshotError(
      'no-clip',
      `There is no recording in the folder ${name}. Attach a recording, or another folder.`,
    );
  }
  if (recordings.length > mostInFolder) {
    throw new EarshotError(
      'no-clip',
      `The folder ${name} holds ${recordings.length} recordings; one question can be about ${mostInFolder} of a folder. Attach those that matter, or transcribe the folder and search with /find.`,
    );
  }
  const counted = recordings.length === 1 ? 'one recording' : `${recordings.length} recordings`;
  return { recordings, notice: `${name} holds ${counted}: ${listed(recordings.map(fileName))}.` };
}

/**
 * The recordings at addresses in a question, which then names them instead: addresses may hold keys, or a whole recording.
 * A link to something else stays what it is.
 */
export async function linkedClips(
  prompt: string,
  services: Services,
  signal: AbortSignal,
): Promise<{ readonly prompt: string; readonly clips: readonly vscode.Uri[] }> {
  const clips: vscode.Uri[] = [];
  let words = prompt;
  for (const address of new Set(addressesIn(prompt))) {
    const uri = urlClip(address);
    if (!looksLikeAudio(uri) && !address.startsWith('data:') && !(await holdsAudio(uri, services, signal))) continue;
    clips.push(uri);
    words = words.replaceAll(address, fileName(uri));
  }
  return { prompt: words, clips };
}

/** A model that sees gets pictures as bytes with their media type; for one that does not, VS Code leaves them out itself. */
function isPastedImage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('mimeType' in value)) return false;
  return typeof value.mimeType === 'string' && value.mimeType.startsWith('image/');
}

/**
 * The recordings among what is attached to a question. VS Code also attaches what happens to be open in the editor.
 * @throws EarshotError `images-with-audio`.
 */
export async function attachedClips(
  references: readonly vscode.ChatPromptReference[],
  services: Services,
  { runsOnRemote, partsFolder }: { readonly runsOnRemote: boolean; readonly partsFolder: vscode.Uri },
  signal: AbortSignal,
): Promise<Attachments> {
  const uris = new Map<string, vscode.Uri>();
  const implicit = new Set<string>();
  const byHand = new Set<string>();
  const images: string[] = [];
  const parts: Part[] = [];
  for (const { id, value } of references) {
    if (isPastedImage(value)) images.push(id);
    const uri = value instanceof vscode.Uri ? value : value instanceof vscode.Location ? value.uri : undefined;
    if (uri === undefined) continue;
    const local = toLocalUri(uri, runsOnRemote);
    if (value instanceof vscode.Location && looksLikeTranscript(local) && !id.startsWith('vscode.implicit')) {
      const part = await selectedPart(local, value.range, services, partsFolder);
      if (part !== undefined) {
        parts.push(part);
        continue;
      }
    }
    uris.set(local.toString(), local);
    if (id.startsWith('vscode.implicit')) implicit.add(local.toString());
    else byHand.add(local.toString());
  }
  for (const uri of byHand) implicit.delete(uri);
  const clips: vscode.Uri[] = parts.map(({ file }) => file);
  const notices: string[] = parts.map(({ notice }) => notice);
  const leftOut: string[] = [];
  let active: vscode.Uri | undefined;
  for (const uri of uris.values()) {
    if (looksLikeAudio(uri) && implicit.has(uri.toString())) active = uri;
    else if (looksLikeAudio(uri)) clips.push(uri);
    else if (imageName.test(uri.path)) images.push(fileName(uri));
    else if (await isFolder(uri)) {
      if (implicit.has(uri.toString())) continue;
      const { recordings, notice } = await recordingsIn(uri, signal);
      clips.push(...recordings);
      notices.push(notice);
    }
    // What merely happens to be open is not read to find out.
    else if (implicit.has(uri.toString())) continue;
    else if (await holdsAudio(uri, services, signal)) clips.push(uri);
    else leftOut.push(fileName(uri));
  }
  if (images.length > 0 && clips.length > 0) {
    throw new EarshotError(
      'images-with-audio',
      `Images and audio cannot go into one question (${images.join(', ')} and ${clips.map(fileName).join(', ')}). Ask about the images in a question of their own.`,
    );
  }
  return { clips, notices, leftOut: [...leftOut, ...images], ...(active === undefined ? {} : { active }) };
}
