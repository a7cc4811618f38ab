import * as vscode from 'vscode';
import { toMilliseconds, type TimeLink } from '../core/formats/exportedTranscript.js';
import { extensionId } from './ids.js';

/** Addresses that make VS Code play a recording from a time on, wherever they are clicked. */
export function timeLinkTo(recording: vscode.Uri): TimeLink {
  const file = encodeURIComponent(recording.toString());
  return (seconds) => `${vscode.env.uriScheme}://${extensionId}/open?file=${file}&t=${toMilliseconds(seconds)}`;
}
