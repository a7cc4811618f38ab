import type { File as StoredFile } from '@google/genai/web';
import { EarshotError } from '../core/errors.js';
import type { MediaFormatName } from '../core/media.js';
import { wireMediaType, type StoredClip, type StoredClips } from './dialects/geminiParts.js';
import { Failed } from './dialects/wire.js';
import type { GeminiClient } from './geminiClient.js';
import { redact, trimText } from './redact.js';
import { waitSeconds } from './retryingFetch.js';

export interface Clip {
  readonly data: Uint8Array;
  readonly format: MediaFormatName;
}

/** Of these clips those that must be uploaded for the rest to fit into the request: the longest first, each once. */
export function clipsToStore(clips: readonly Clip[], inlineByteLength: number): readonly Clip[] {
  const rest = clips.toSorted((left, right) => right.data.byteLength - left.data.byteLength);
  const stored = new Map<Uint8Array, Clip>();
  const total = (): number => clips.reduce((sum, { data }) => sum + (stored.has(data) ? 0 : data.byteLength), 0);
  for (const clip of rest) {
    if (total() <= inlineByteLength) break;
    stored.set(clip.data, clip);
  }
  return [...stored.values()];
}

function isPlain(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}

/** How long a file may be looked through before it can be asked about. A minute of sound takes about a second. */
const longestProcessingSeconds = 300;
const firstLookSeconds = 0.5;
const longestLookSeconds = 5;

export interface ClipStore {
  /** Uploads and waits until the file can be asked about. @throws Failed, EarshotError `timeout`, `unsupported-media`. */
  put(clip: Clip): Promise<void>;
  readonly stored: StoredClips;
  /** Names of all files that were made, also of those that failed. */
  readonly names: readonly string[];
}

/** @param label Whom we ask, for messages. */
export function clipStore(client: GeminiClient, label: string): ClipStore {
  const stored = new Map<Uint8Array, StoredClip>();
  const names: string[] = [];

  const whenActive = async (first: StoredFile): Promise<StoredFile> => {
    const name = first.name ?? '';
    let file = first;
    let waited = 0;
    let pause = firstLookSeconds;
    const stateOf = ({ state }: StoredFile): string => state ?? 'ACTIVE';
    while (stateOf(file) !== 'ACTIVE') {
      if (stateOf(file) === 'FAILED') {
        const theirs = trimText(redact(file.error?.message ?? ''));
        const said = theirs === '' ? '' : ` ${label} says: "${theirs}"`;
        throw new EarshotError(
          'unsupported-media',
          `${label} could not read the sound of the recording. Convert it to WAV or MP3, or select another model.${said}`,
        );
      }
      if (waited >= longestProcessingSeconds) {
        throw new EarshotError(
          'timeout',
          `${label} has been looking through the recording for ${Math.round(waited)} seconds without an end. Try again, with a shorter part of it if it goes on.`,
        );
      }
      await waitSeconds(pause, client.signal);
      waited += pause;
      pause = Math.min(longestLookSeconds, pause * 1.5);
      file = await client.sdk.files.get({ name, config: { abortSignal: client.signal } });
    }
    return file;
  };

  return {
    stored,
    names,
    async put({ data, format }) {
      const mediaType = wireMediaType(format);
      const bytes = isPlain(data) ? data : new Uint8Array(data);
      const made = await client.sdk.files.upload({
        file: new Blob([bytes], { type: mediaType }),
        config: { mimeType: mediaType },
      });
      if (made.name === undefined) throw new Failed({ kind: 'malformed', missing: 'the name of the file' });
      names.push(made.name);
      const { uri } = await whenActive(made);
      if (uri === undefined) throw new Failed({ kind: 'malformed', missing: 'the address of the file' });
      stored.set(data, { uri, mediaType });
    },
  };
}
