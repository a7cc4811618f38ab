import { EarshotError } from '../core/errors.js';
import type { MediaFormatName } from '../core/media.js';
import { addUsage, type Usage } from '../core/usage.js';
import type { SpeechEvent } from './provider.js';

export type WholeSpeech = { readonly bytes: Uint8Array; readonly usage: Usage } & (
  | { readonly format: MediaFormatName }
  /** Bare 16-bit little-endian PCM, mono. */
  | { readonly format: 'pcm'; readonly sampleRate: number }
);

/** Collects a speech that is of use only as a whole. @throws EarshotError `malformed-response` when there was no sound. */
export async function joinSpeech(events: AsyncIterable<SpeechEvent>, label: string): Promise<WholeSpeech> {
  const parts: Uint8Array[] = [];
  let kind: { readonly format: MediaFormatName } | { readonly format: 'pcm'; readonly sampleRate: number } | undefined;
  let usage: Usage = {};
  for await (const event of events) {
    if (event.type === 'usage') {
      usage = addUsage(usage, event.usage);
    } else if (event.type === 'audio') {
      parts.push(event.pcm);
      kind ??= { format: 'pcm', sampleRate: event.sampleRate };
    } else {
      parts.push(event.bytes);
      kind ??= { format: event.format };
    }
  }
  const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
  if (kind === undefined || byteLength === 0) {
    throw new EarshotError('malformed-response', `${label} sent no sound. Try again, or select another model.`);
  }
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return { ...kind, bytes: first, usage };
  const bytes = new Uint8Array(byteLength);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return { ...kind, bytes, usage };
}
