import { describe, expect, it } from 'vitest';
import { text, type ContentBlock } from '../../../src/core/conversation.js';
import { neededContextTokens } from '../../../src/providers/contextTokens.js';
import { encodeOllamaChat, ollamaDecoder } from '../../../src/providers/dialects/ollamaChat.js';
import { decodeShow, decodeTags } from '../../../src/providers/dialects/ollamaModels.js';
import { Failed } from '../../../src/providers/dialects/wire.js';
import { onTheWire } from './onTheWire.js';

const bytes = (letters: string): Uint8Array => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
const sound = (data: Uint8Array): ContentBlock => ({ type: 'input_audio', input_audio: { data, format: 'wav' } });
const picture = (data: Uint8Array): ContentBlock => ({ type: 'image', image: { data, mediaType: 'image/x' } });
const encode = (...content: readonly ContentBlock[]) =>
  encodeOllamaChat({ model: 'm', messages: [{ role: 'user', content }] }, { thinks: false });

describe('encodeOllamaChat', () => {
  it('sends the least', () => {
    expect(encode(text('Hi'))).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true });
  });

  it.each([
    ['WAV', 'RIFF\x10\0\0\0WAVEfmt '],
    ['MP3 with a tag', 'ID3\x04'],
    ['MP3 without one', '\xff\xfb\x90'],
  ])('takes %s for sound', (_, letters) => {
    expect(onTheWire(encode(sound(bytes(letters)))).messages?.[0]?.images).toEqual([
      Buffer.from(letters, 'latin1').toString('base64'),
    ]);
  });

  it.each(['fLaC', 'OggS', 'RIFF\x10\0\0\0WEBP', '', '\xff\xd8\xff'])(
    'refuses as sound what begins with %j',
    (letters) => {
      expect(() => encode(sound(bytes(letters)))).toThrow(expect.objectContaining({ reason: 'unsupported-media' }));
    },
  );

  it('takes PNG, JPEG and WebP for pictures, and refuses the rest', () => {
    for (const letters of ['\x89PNG', '\xff\xd8\xff', 'RIFF\x10\0\0\0WEBP'])
      expect(encode(picture(bytes(letters))).messages?.[0]?.images?.length).toBe(1);
    expect(() => encode(picture(bytes('GIF8')))).toThrow(expect.objectContaining({ reason: 'unsupported-media' }));
  });

  it('offers no tools where none may be used, and marks the failure of one', () => {
    const tools = [{ name: 'n', description: 'd', inputSchema: { type: 'object' } }];
    expect(encodeOllamaChat({ model: 'm', messages: [], tools, toolChoice: 'none' }, { thinks: false }).tools).toBe(
      undefined,
    );
    const result = { callId: 'c', name: 'n', text: 'no such file', isError: true };
    expect(encode({ type: 'tool_result', tool_result: result }).messages).toEqual([
      { role: 'tool', content: 'Error: no such file', tool_name: 'n' },
    ]);
  });
});

describe('ollamaDecoder', () => {
  it.each([
    ['nothing', []],
    ['no object', [[]]],
    ['a line without a message', [{ model: 'x' }]],
    ['an error', [{ error: 'boom' }]],
    ['a call without a name', [{ message: { tool_calls: [{ function: {} }] } }]],
  ])('takes %s for no answer', (_, lines) => {
    const decoder = ollamaDecoder();
    expect(() => {
      for (const line of lines) decoder.push(line);
      decoder.end();
    }).toThrow(Failed);
  });

  it('reads an answer in one line, with calls numbered', () => {
    const call = { function: { name: 'n', arguments: {} } };
    const line = {
      message: { content: 'Hm.', thinking: 'secret', tool_calls: [call, call] },
      done: true,
      eval_count: 2,
    };
    expect(ollamaDecoder().push(line)).toEqual([
      { type: 'text', text: 'Hm.' },
      { type: 'tool-call', call: { id: 'call_1', name: 'n', input: {} } },
      { type: 'tool-call', call: { id: 'call_2', name: 'n', input: {} } },
      { type: 'finish', finish: 'tool-calls' },
      { type: 'usage', usage: { outputTokens: 2 } },
    ]);
  });
});

describe('what the server says of its models', () => {
  it('concludes nothing from what it does not say', () => {
    expect(decodeShow({ model_info: { 'general.architecture': 'x', 'x.context_length': 9 } })).toEqual({
      capabilities: { maxContextTokens: 9 },
      thinks: false,
    });
    expect(() => decodeShow('text')).toThrow(Failed);
    expect(decodeTags({ models: [{ name: 'a' }, {}] })).toEqual([{ id: 'a', digest: '', isRemote: false }]);
    expect(() => decodeTags({})).toThrow(Failed);
  });
});

describe('neededContextTokens', () => {
  it('counts words, sound by its length, pictures, and room for the answer', () => {
    const count = (...content: readonly ContentBlock[]) =>
      neededContextTokens({ model: 'm', messages: [{ role: 'user', content }] }, 25);
    const nothing = count();
    expect(count(text('x'.repeat(3000))) - nothing).toBe(1000);
    const minute = { data: new Uint8Array(1), format: 'wav', durationSeconds: 60 } as const;
    expect(count({ type: 'input_audio', input_audio: minute }) - nothing).toBe(1500);
    expect(count(sound(new Uint8Array(64_000))) - nothing).toBe(50);
    expect(count(picture(new Uint8Array(9))) - nothing).toBe(1100);
  });
});
