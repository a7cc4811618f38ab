import { EarshotError } from './errors.js';
import type { MediaFormatName } from './media.js';

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

/** OpenAI's `input_audio`, except that `data` is bytes: base64 is made once, by the dialect that needs it. */
export interface InputAudioBlock {
  readonly type: 'input_audio';
  readonly input_audio: {
    readonly data: Uint8Array;
    readonly format: MediaFormatName;
    readonly durationSeconds?: number;
  };
}

export interface ImageBlock {
  readonly type: 'image';
  readonly image: { readonly data: Uint8Array; readonly mediaType: string };
}

export type ContentBlock = TextBlock | InputAudioBlock | ImageBlock;

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}

export function text(value: string): TextBlock {
  return { type: 'text', text: value };
}

export function hasAudio(messages: readonly Message[]): boolean {
  return messages.some((message) => message.content.some((block) => block.type === 'input_audio'));
}

/** Refuses images and audio in one turn: no provider answers such a turn dependably. */
export function refuseImagesWithAudio(messages: readonly Message[]): void {
  for (const message of messages) {
    const types = new Set(message.content.map((block) => block.type));
    if (types.has('image') && types.has('input_audio')) {
      throw new EarshotError(
        'images-with-audio',
        'Images and audio cannot go into one question. Ask about the images in a question of their own.',
      );
    }
  }
}
