import * as vscode from 'vscode';
import { throwIfCancelled, toEarshotError } from '../../core/errors.js';
import { searchTranscripts, type SearchedTranscript } from '../../core/search/searchTranscripts.js';
import { formatDuration } from '../../core/timecode.js';
import { openTranscript } from '../../host/transcriptSource.js';
import { findNamedFile, type NamedFile } from '../../host/workspacePaths.js';
import type { EarshotTool } from './earshotTool.js';
import { ToolInput } from './toolInput.js';
import { materialNote, shortened, timedLine } from './toolText.js';

const mostTranscripts = 2000;
const usualHits = 20;
const mostHits = 100;

async function namedBy(input: ToolInput): Promise<readonly NamedFile[] | undefined> {
  const names = input.optionalTexts('files');
  return names === undefined ? undefined : Promise.all(names.map(findNamedFile));
}

async function transcriptsOf(input: ToolInput): Promise<readonly vscode.Uri[]> {
  const named = await namedBy(input);
  if (named !== undefined) return named.map(({ uri }) => uri);
  return vscode.workspace.findFiles('**/*.{vtt,srt}', '**/{node_modules,.git}/**', mostTranscripts);
}

export function findTool(): EarshotTool {
  return {
    outside: async (given) => ((await namedBy(new ToolInput(given))) ?? []).filter(({ isOutside }) => isOutside),
    plan: (given) => {
      const query = new ToolInput(given).text('query');
      return Promise.resolve({
        title: `Search transcripts for “${query}”?`,
        lines: ['Nothing is sent.'],
        progress: `Searching transcripts for “${query}”`,
        isHarmless: true,
      });
    },
    run: async (given, signal) => {
      const input = new ToolInput(given);
      const query = input.text('query');
      const uris = await transcriptsOf(input);
      const transcripts: SearchedTranscript[] = [];
      const unread: string[] = [];
      for (const uri of uris) {
        throwIfCancelled(signal);
        try {
          transcripts.push({
            uri: vscode.workspace.asRelativePath(uri),
            segments: (await openTranscript(uri)).segments,
          });
        } catch (thrown) {
          unread.push(`${vscode.workspace.asRelativePath(uri)}: ${toEarshotError(thrown).message}`);
        }
      }
      const hits = searchTranscripts(query, transcripts, input.count('maximum', usualHits, mostHits));
      const { text, count } = shortened(hits.map((hit) => `${hit.uri} ${timedLine(hit)}`));
      const searched = `${transcripts.length} ${transcripts.length === 1 ? 'transcript' : 'transcripts'}`;
      const found =
        hits.length === 0
          ? `“${query}” is in none of ${searched}. Other words may help; recordings without a transcript were not searched.`
          : `The best ${count} places in ${searched}:`;
      const left = unread.length === 0 ? [] : [`Not searched: ${unread.slice(0, 5).join(' ')}`];
      return {
        text: [found, ...left, ...(hits.length === 0 ? [] : [materialNote, '', text])].join('\n'),
        data: {
          transcriptCount: transcripts.length,
          hits: hits.slice(0, count).map(({ uri, startSeconds, endSeconds, speaker, text: said }) => ({
            transcript: uri,
            time: formatDuration(startSeconds),
            startSeconds,
            endSeconds,
            ...(speaker === undefined ? {} : { speaker }),
            text: said,
          })),
        },
      };
    },
  };
}
