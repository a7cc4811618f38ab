import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { fileName, toLocalUri } from '../../host/clips.js';
import { looksLikeAudio } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';

const imageName = /\.(?:png|jpe?g|gif|webp|bmp|tiff?|heic|avif)$/i;

export interface Attachments {
  readonly clips: readonly vscode.Uri[];
  /** A recording that was not attached by hand but happens to be open. */
  readonly active?: vscode.Uri;
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
  runsOnRemote: boolean,
  signal: AbortSignal,
): Promise<Attachments> {
  const uris = new Map<string, vscode.Uri>();
  const implicit = new Set<string>();
  const byHand = new Set<string>();
  const images: string[] = [];
  for (const { id, value } of references) {
    if (isPastedImage(value)) images.push(id);
    const uri = value instanceof vscode.Uri ? value : value instanceof vscode.Location ? value.uri : undefined;
    if (uri === undefined) continue;
    const local = toLocalUri(uri, runsOnRemote);
    uris.set(local.toString(), local);
    if (id.startsWith('vscode.implicit')) implicit.add(local.toString());
    else byHand.add(local.toString());
  }
  for (const uri of byHand) implicit.delete(uri);
  const clips: vscode.Uri[] = [];
  const leftOut: string[] = [];
  let active: vscode.Uri | undefined;
  for (const uri of uris.values()) {
    if (looksLikeAudio(uri) && implicit.has(uri.toString())) active = uri;
    else if (looksLikeAudio(uri)) clips.push(uri);
    else if (imageName.test(uri.path)) images.push(fileName(uri));
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
  return { clips, leftOut: [...leftOut, ...images], ...(active === undefined ? {} : { active }) };
}
