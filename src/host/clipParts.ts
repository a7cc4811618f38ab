import * as vscode from 'vscode';
import type { AudioEngine } from '../audio/engine.js';
import type { TimeRange } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import { mediaFormats } from '../core/media.js';
import { formatTimecode } from '../core/timecode.js';
import type { OpenClip } from '../workflows/ports.js';
import { signalOf } from './cancellation.js';

/** Parts are made for a question; what is asked later has been saved by then, or is cut anew. */
const keptMilliseconds = 7 * 24 * 3600 * 1000;

async function forgetOld(folder: vscode.Uri): Promise<void> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  for (const [name] of entries) {
    const uri = vscode.Uri.joinPath(folder, name);
    const { mtime } = await vscode.workspace.fs.stat(uri);
    if (Date.now() - mtime > keptMilliseconds) await vscode.workspace.fs.delete(uri);
  }
}

/** `1:02:03.5` without what file names cannot have. */
const inFileName = (seconds: number): string => formatTimecode(seconds).replaceAll(':', '.');

/**
 * Cuts a part out of a recording into a file of its own, without converting it where that is possible. Its clock begins
 * with the part.
 * @throws EarshotError as `AudioEngine.prepare` does.
 */
export async function cutPart(
  clip: OpenClip,
  range: TimeRange,
  engine: AudioEngine,
  folder: vscode.Uri,
): Promise<vscode.Uri> {
  const title = `Cutting a part out of ${clip.name}`;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        await vscode.workspace.fs.createDirectory(folder);
        await forgetOld(folder);
        const formats = ['mp4', 'mp3', 'ogg', 'flac', 'wav'] as const;
        for await (const { bytes, format, endSeconds } of engine.prepare(clip.source, { formats, range }, signal)) {
          if (endSeconds < range.endSeconds - wholeToleranceSeconds) throw tooLong(clip.name);
          const stem = clip.name.replace(/\.[^.]*$/, '');
          const name = `${stem} ${inFileName(range.startSeconds)} to ${inFileName(range.endSeconds)}`;
          const target = vscode.Uri.joinPath(folder, `${name}.${mediaFormats[format].extensions[0]}`);
          await vscode.workspace.fs.writeFile(target, bytes);
          return target;
        }
        throw new EarshotError('clip-unreadable', `${clip.name} holds no sound there. Choose another part.`);
      } finally {
        dispose();
      }
    },
  );
}

/** Cues may reach a little beyond the sound. */
const wholeToleranceSeconds = 5;

function tooLong(name: string): EarshotError {
  return new EarshotError('clip-too-large', `This part of ${name} is too long for one file. Choose a shorter part.`);
}
