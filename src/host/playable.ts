import * as vscode from 'vscode';
import type { TranscriptOrigin } from '../core/formats/exportedTranscript.js';

/** What a click on a time opens: the recording, when it lies beside the transcript as its NOTE names it, else the transcript. */
export async function playable(transcript: vscode.Uri, { sourceName }: TranscriptOrigin): Promise<vscode.Uri> {
  if (transcript.scheme === 'untitled' || sourceName === undefined || /[/\\]/.test(sourceName)) return transcript;
  const recording = vscode.Uri.joinPath(transcript, '..', sourceName);
  try {
    await vscode.workspace.fs.stat(recording);
    return recording;
  } catch {
    // Moved or renamed since: the transcript knows its times too.
    return transcript;
  }
}
