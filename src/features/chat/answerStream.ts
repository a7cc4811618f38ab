import * as vscode from 'vscode';
import { type Citation, type CitedClip, TimeReferences } from '../../core/citations/timeReferences.js';
import { isCancelled } from '../../core/errors.js';
import { formatDuration } from '../../core/timecode.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import type { AnswerSink } from '../ask/askAboutClips.js';

/** An answer that is being written into the chat. */
export interface AnswerStream extends AnswerSink {
  /** As the model wrote it, so far. */
  readonly said: string;
  readonly citations: readonly Citation[];
  /** Markdown whose links are ours already. */
  readonly finished: (markdown: string) => void;
  /**
   * Shows what was held back, and says which of the times lie where there is nothing to hear.
   * @throws EarshotError `cancelled`
   */
  readonly finish: (signal: AbortSignal) => Promise<void>;
}

/** A click plays the place, in every kind of window, and asks nothing. */
export function playLink({ clip, startSeconds, endSeconds }: Omit<Citation, 'place'>): string {
  const until = endSeconds > startSeconds ? [{ until: endSeconds }] : [];
  const query = encodeURIComponent(JSON.stringify([clip, startSeconds, ...until]));
  // Parentheses end a link in Markdown, and encodeURIComponent lets them stand.
  return `command:${commandIds.play}?${query.replaceAll('(', '%28').replaceAll(')', '%29')}`;
}

/** So much around a time is listened to: models round. */
const listeningSeconds = 2.5;
const mostChecked = 30;

export function createAnswerStream(
  stream: vscode.ChatResponseStream,
  clips: readonly CitedClip[],
  services: Pick<Services, 'engine' | 'openClip'>,
): AnswerStream {
  const references = new TimeReferences(clips, playLink);
  const spoken = new Set<string>();
  let citations: readonly Citation[] | undefined;
  let said = '';
  const write = (markdown: string): void => {
    if (markdown === '') return;
    const text = new vscode.MarkdownString(markdown);
    text.isTrusted = { enabledCommands: [commandIds.play] };
    stream.markdown(text);
  };
  const isSilentAt = async ({ clip, startSeconds, endSeconds }: Citation, signal: AbortSignal): Promise<boolean> => {
    const { source } = await services.openClip(vscode.Uri.parse(clip));
    const range = {
      startSeconds: Math.max(0, startSeconds - listeningSeconds),
      endSeconds: endSeconds + listeningSeconds,
    };
    return services.engine.isSilent(source, { range }, signal);
  };
  return {
    get said() {
      return said;
    },
    get citations() {
      return citations ?? references.citations;
    },
    progress: (message) => {
      stream.progress(message);
    },
    notice: (notice) => {
      write(`\n\n> ${notice}\n\n`);
    },
    text: (markdown) => {
      said += markdown;
      write(references.push(markdown));
    },
    finished: (markdown) => {
      said += markdown;
      write(markdown);
    },
    bill: (text) => {
      write(`${references.finish()}\n\n---\n*${text}*\n`);
    },
    button: (title, command, commandArguments) => {
      stream.button({ title, command, arguments: [...commandArguments] });
    },
    transcript: ({ uri }, segments) => {
      spoken.add(uri);
      references.setSpoken(uri, segments);
    },
    finish: async (signal) => {
      write(references.finish());
      const checked: Citation[] = [];
      for (const citation of references.citations) {
        const isKnown = citation.place !== 'inside' || spoken.has(citation.clip) || checked.length >= mostChecked;
        const isSilent =
          !isKnown &&
          (await isSilentAt(citation, signal).catch((error: unknown) => {
            if (isCancelled(error)) throw error;
            // What cannot be looked at is not said to be silent.
            return false;
          }));
        checked.push(isSilent ? { ...citation, place: 'silence' } : citation);
      }
      const silent = checked.filter((citation, index) => citation.place !== references.citations[index]?.place);
      if (silent.length > 0) {
        const times = silent.map(({ startSeconds }) => formatDuration(startSeconds)).join(', ');
        write(`\n\n> ⚠ There is nothing to hear at ${times}: do not rely on what is said of it.\n`);
      }
      citations = checked;
    },
  };
}
