import type { Content, Part } from '@google/genai/web';
import { wordsOf, type ContentBlock, type Message, type ToolCall } from '../../core/conversation.js';
import { mediaFormats, type MediaFormatName } from '../../core/media.js';
import { asBase64 } from './jsonBody.js';

/** A clip that lies in the vendor's store. */
export interface StoredClip {
  readonly uri: string;
  readonly mediaType: string;
}

/** Clips that have been uploaded, by their bytes; all others go into the request itself. */
export type StoredClips = ReadonlyMap<Uint8Array, StoredClip>;

export const noStoredClips: StoredClips = new Map();

/** Where this wire says it otherwise than our table of formats, whose first name is the registered one. */
const wireMediaTypes: Partial<Record<MediaFormatName, string>> = { mp3: 'audio/mp3' };

export function wireMediaType(format: MediaFormatName): string {
  return wireMediaTypes[format] ?? mediaFormats[format].mediaTypes[0];
}

export function encodeClip(data: Uint8Array, format: MediaFormatName, stored: StoredClips): Part {
  const clip = stored.get(data);
  return clip === undefined
    ? { inlineData: { mimeType: wireMediaType(format), data: asBase64(data) } }
    : { fileData: { mimeType: clip.mediaType, fileUri: clip.uri } };
}

/** Begins the ids of calls that came without one: they are ours alone, and do not go back. */
export const unnamedCall = 'unnamed-';

function wireId(id: string): { id?: string } {
  return id.startsWith(unnamedCall) ? {} : { id };
}

/**
 * What the vendor accepts for a signature that we do not have, because the call was made by another vendor's model or has
 * been through a chat that keeps none (its documentation on thought signatures).
 */
const noSignature = 'skip_thought_signature_validator';

function encodeCall({ id, name, input, vendorToken }: ToolCall, mayLack: boolean): Part {
  const thoughtSignature = vendorToken ?? (mayLack ? undefined : noSignature);
  return {
    functionCall: { ...wireId(id), name, args: { ...input } },
    ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
  };
}

/** @param isFirstCall Of calls made side by side only the first has a signature. */
function encodeBlock(block: ContentBlock, stored: StoredClips, isFirstCall: boolean): Part | undefined {
  switch (block.type) {
    case 'input_audio':
      return encodeClip(block.input_audio.data, block.input_audio.format, stored);
    case 'image': {
      const { data, mediaType } = block.image;
      return { inlineData: { mimeType: mediaType, data: asBase64(data) } };
    }
    case 'tool_call':
      return encodeCall(block.tool_call, !isFirstCall);
    case 'tool_result': {
      const { callId, name, text, isError } = block.tool_result;
      // Only its fields go out; the class would load the SDK.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
      return { functionResponse: { ...wireId(callId), name, response: { [isError ? 'error' : 'output']: text } } };
    }
    case 'text':
    case 'output_audio': {
      // A part without anything in it is refused.
      const text = wordsOf(block);
      return text === '' ? undefined : { text };
    }
  }
}

/** System messages go elsewhere; a message with nothing in it goes nowhere. */
export function encodeContents(messages: readonly Message[], stored: StoredClips): Content[] {
  return messages.flatMap(({ role, content }): Content[] => {
    if (role === 'system') return [];
    const firstCall = content.find((block) => block.type === 'tool_call');
    const parts = content.flatMap((block) => encodeBlock(block, stored, block === firstCall) ?? []);
    return parts.length === 0 ? [] : [{ role: role === 'assistant' ? 'model' : 'user', parts }];
  });
}
