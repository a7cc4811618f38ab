import * as vscode from 'vscode';
import type { Segment } from '../core/transcript.js';
import type { TranscriptShelf } from '../workflows/ports.js';
import { urlAddressOf } from './urlClips.js';
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
      // Nothing lies beside an address, and VS Code takes seconds to say so.
      const beside = urlAddressOf(uri) === undefined ? [transcriptUri(uri), transcriptUri(uri, extensionOf(uri))] : [];
      for (const candidate of beside) {
        const found = await readTranscript(candidate);
        if (found?.sourceSha256 === sha256 && !found.isPartial && found.segments.length > 0) return found.segments;
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
