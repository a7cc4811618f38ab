import type { GenerateContentConfig, GenerateContentParameters } from '@google/genai/web';
import { noStoredClips, type StoredClips } from './dialects/geminiParts.js';
import { openGemini, type GeminiClient, type SentPiece } from './geminiClient.js';
import { clipsToStore, clipStore, type Clip } from './geminiFiles.js';
import { reported } from './reported.js';
import { throughExchange, type Call } from './wireCall.js';

interface Parameters extends GenerateContentParameters {
  readonly config: GenerateContentConfig;
}

interface Decoder<T> {
  push(body: unknown): readonly T[];
  usage(): readonly T[];
  end(): readonly T[];
}

export interface UploadEvent {
  readonly type: 'upload';
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** One request or several that belong together; see `throughExchange` for what is thrown. */
export async function runGemini<T>(
  call: Call,
  work: (client: GeminiClient) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const run = throughExchange(
    call,
    async function* (exchange) {
      const client = await openGemini(call, exchange, signal);
      try {
        yield await work(client);
      } finally {
        client.close();
      }
    },
    signal,
  );
  for await (const result of run) return result;
  throw new Error('the work gave nothing');
}

async function* read<T>(client: GeminiClient, { config, ...rest }: Parameters, decoder: Decoder<T>): AsyncGenerator<T> {
  try {
    const parameters = { ...rest, config: { ...config, abortSignal: client.signal } };
    for await (const event of client.generate(parameters)) yield* decoder.push(event);
  } catch (error) {
    // What was used is paid for, whatever became of the answer.
    yield* decoder.usage();
    throw error;
  }
  yield* decoder.usage();
  yield* decoder.end();
}

/** Asks, and reads the answer as it comes. */
export function generated<T>(
  call: Call,
  parameters: Parameters,
  decoder: Decoder<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  return throughExchange(
    call,
    async function* (exchange) {
      const client = await openGemini(call, exchange, signal);
      try {
        yield* read(client, parameters, decoder);
      } finally {
        client.close();
      }
    },
    signal,
  );
}

/** How long the removal of a file may take; the vendor removes it by itself after two days. */
const removalSeconds = 15;

async function removeFiles(call: Call, names: readonly string[]): Promise<void> {
  // Neither the user's wish to stop nor a failure may leave a recording behind.
  await Promise.all(
    names.map(async (name) => {
      try {
        const signal = AbortSignal.timeout(removalSeconds * 1000);
        await runGemini(call, ({ sdk }) => sdk.files.delete({ name, config: { abortSignal: signal } }), signal);
      } catch {
        call.log(
          `${call.asked.provider}: ${name} could not be removed there; it expires two days after it was uploaded`,
        );
      }
    }),
  );
}

/** Asks about clips: those that do not fit into the request are uploaded first, and removed afterwards in any case. */
export function askGemini<T>(
  call: Call,
  { clips, inlineByteLength }: { readonly clips: readonly Clip[]; readonly inlineByteLength: number },
  encode: (stored: StoredClips) => Parameters,
  decoder: Decoder<T>,
  signal: AbortSignal,
): AsyncGenerator<T | UploadEvent> {
  const toStore = clipsToStore(clips, inlineByteLength);
  if (toStore.length === 0) return generated(call, encode(noStoredClips), decoder, signal);
  const totalBytes = toStore.reduce((sum, { data }) => sum + data.byteLength, 0);
  return throughExchange<T | UploadEvent>(
    call,
    async function* (exchange) {
      let onSent: (piece: SentPiece) => void = () => undefined;
      const client = await openGemini(call, exchange, signal, (piece) => {
        onSent(piece);
      });
      const store = clipStore(client, call.asked.label);
      try {
        let before = 0;
        for (const clip of toStore) {
          yield* reported<UploadEvent, undefined>(async (report) => {
            onSent = ({ sentBytes }) => {
              report({ type: 'upload', sentBytes: before + sentBytes, totalBytes });
            };
            await store.put(clip);
            return undefined;
          });
          before += clip.data.byteLength;
        }
        yield* read(client, encode(store.stored), decoder);
      } finally {
        client.close();
        const removed = removeFiles(call, store.names);
        // Whoever stopped it does not wait for that.
        if (!signal.aborted) await removed;
      }
    },
    signal,
  );
}
