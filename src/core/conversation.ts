import { EarshotError } from './errors.js';
import type { MediaFormatName } from './media.js';

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
  /** The same words come again in later questions of this conversation: worth keeping for a vendor that can. */
  readonly isLasting?: boolean;
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

/** An earlier spoken reply of the model's own. The vendor keeps the sound under `id` until it expires; the transcript stays. */
export interface OutputAudioBlock {
  readonly type: 'output_audio';
  readonly output_audio: {
    readonly transcript: string;
    readonly id?: string;
    /** Seconds since 1970. Absent: `id` is of no use to anybody. */
    readonly expiresAtSeconds?: number;
  };
}

/** The model asks for a tool, in a message of the assistant's. */
export interface ToolCallBlock {
  readonly type: 'tool_call';
  readonly tool_call: ToolCall;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it: the tool has to check it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What a vendor wants back unchanged with the call, such as Gemini's thought signature. */
  readonly vendorToken?: string;
}

/** What a tool gave, in a message of the user's that follows the call. */
export interface ToolResultBlock {
  readonly type: 'tool_result';
  readonly tool_result: {
    readonly callId: string;
    /** Of the tool: some vendors go by it. */
    readonly name: string;
    readonly text: string;
    readonly isError?: boolean;
  };
}

export type ContentBlock =
  TextBlock | InputAudioBlock | ImageBlock | OutputAudioBlock | ToolCallBlock | ToolResultBlock;

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}

export function text(value: string): TextBlock {
  return { type: 'text', text: value };
}

/** What a block says in words: a spoken reply its transcript, a tool's result its text; nothing for sound and pictures. */
export function wordsOf(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'output_audio':
      return block.output_audio.transcript;
    case 'tool_result':
      return block.tool_result.text;
    case 'input_audio':
    case 'image':
    case 'tool_call':
      return '';
  }
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
