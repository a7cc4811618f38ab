import * as vscode from 'vscode';
import type { Segment } from '../core/transcript.js';
import type { TranscriptShelf } from '../workflows/ports.js';
import { extensionOf, readTranscript, transcriptUri } from './transcriptFiles.js';

const maxKept = 50;

/**
 * Finds the transcript beside a recording, as long as it is one of exactly these bytes, and keeps those made for questions
 * in memory until the window closes.
 */
export function createTranscriptShelf(): TranscriptShelf {
  const kept = new Map<string, readonly Segment[]>();
  return {
    find: async (clip, sha256) => {
      const uri = vscode.Uri.parse(clip.uri);
      for (const candidate of [transcriptUri(uri), transcriptUri(uri, extensionOf(uri))]) {
        const beside = await readTranscript(candidate);
        if (beside?.sourceSha256 === sha256 && !beside.isPartial && beside.segments.length > 0) return beside.segments;
      }
      return kept.get(sha256);
    },
    keep: (_clip, sha256, segments) => {
      kept.delete(sha256);
      kept.set(sha256, segments);
      const oldest = kept.keys().next();
      if (kept.size > maxKept && oldest.done !== true) kept.delete(oldest.value);
      return Promise.resolve();
    },
  };
}
