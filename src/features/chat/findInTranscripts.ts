import * as vscode from 'vscode';
import type { Citation } from '../../core/citations/timeReferences.js';
import { throwIfCancelled } from '../../core/errors.js';
import { searchTranscripts, type SearchedTranscript } from '../../core/search/searchTranscripts.js';
import { looksLikeAudio } from '../../host/pickClips.js';
import { playable } from '../../host/playable.js';
import { recordingBeside, transcriptBeside } from '../../host/recordings.js';
import { openTranscript } from '../../host/transcriptSource.js';
import type { TranscriptShelf } from '../../workflows/ports.js';

const mostTranscripts = 2000;
/** What a question about the hits is about at most. */
const mostRecordings = 5;

export interface Found {
  readonly hits: ReturnType<typeof searchTranscripts>;
  /** How many transcripts were searched. */
  readonly count: number;
  /** There are more than are searched. */
  readonly isCutOff: boolean;
  /** Recordings of the best hits. */
  readonly recordings: readonly string[];
}

/** The recording of a transcript, else the transcript itself, which the player knows what to do with. */
async function recordingOf(transcript: vscode.Uri, origin: Parameters<typeof playable>[1]): Promise<vscode.Uri> {
  const named = await playable(transcript, origin);
  if (named.toString() !== transcript.toString()) return named;
  return (await recordingBeside(transcript, '')) ?? transcript;
}

/**
 * Searches the transcripts of the workspace as they stand in their editors or on disk.
 * @param within Recordings to keep to; empty: all.
 * @throws EarshotError `cancelled`
 */
export async function findInTranscripts(query: string, within: readonly string[], signal: AbortSignal): Promise<Found> {
  const found = await vscode.workspace.findFiles('**/*.{vtt,srt}', '**/{node_modules,.git}/**', mostTranscripts + 1);
  const transcripts: SearchedTranscript[] = [];
  for (const uri of found.slice(0, mostTranscripts)) {
    throwIfCancelled(signal);
    try {
      const { segments, origin } = await openTranscript(uri);
      const recording = (await recordingOf(uri, origin)).toString();
      if (within.length === 0 || within.includes(recording)) transcripts.push({ uri: recording, segments });
    } catch {
      // No transcript, or one that cannot be read: its problems are shown where it is opened.
    }
  }
  const hits = searchTranscripts(query, transcripts);
  const recordings = [...new Set(hits.map(({ uri }) => uri))].filter((uri) => looksLikeAudio(vscode.Uri.parse(uri)));
  return {
    hits,
    count: transcripts.length,
    isCutOff: found.length > mostTranscripts,
    recordings: recordings.slice(0, mostRecordings),
  };
}

/** So much around a place is read with it. */
const contextSeconds = 30;

/** Transcripts of which only what is said around some places is read. */
export function aroundPlaces(shelf: TranscriptShelf, places: readonly Citation[]): TranscriptShelf {
  return {
    keep: (clip, sha256, segments) => shelf.keep(clip, sha256, segments),
    find: async (clip, sha256) => {
      const beside = await transcriptBeside(vscode.Uri.parse(clip.uri));
      const segments = beside === undefined ? await shelf.find(clip, sha256) : (await openTranscript(beside)).segments;
      return segments?.filter((segment) =>
        places.some(
          (place) =>
            place.clip === clip.uri &&
            segment.endSeconds > place.startSeconds - contextSeconds &&
            segment.startSeconds < place.endSeconds + contextSeconds,
        ),
      );
    },
  };
}
