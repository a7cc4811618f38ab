import { describe, expect, it } from 'vitest';
import { text, type ContentBlock, type Message } from '../../../src/core/conversation.js';
import { decodeModels, messageDecoder } from '../../../src/providers/dialects/anthropicAnswer.js';
import { encodeMessages } from '../../../src/providers/dialects/anthropicMessages.js';
import { Failed } from '../../../src/providers/dialects/wire.js';
import { onTheWire } from './onTheWire.js';

const user = (...content: readonly ContentBlock[]): Message => ({ role: 'user', content });
const lasting = (words: string): ContentBlock => ({ ...text(words), isLasting: true });
const encode = (messages: readonly Message[]) => encodeMessages({ model: 'm', messages }, 100);

describe('encodeMessages', () => {
  it('marks only the last of the lasting blocks: one mark covers all before it', () => {
    expect(encode([user(lasting('one'), lasting('two'), text('three'))]).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: 'three' },
        ],
      },
    ]);
  });

  it('leaves out what is empty, which the vendor refuses', () => {
    const messages = encode([
      user(text('Hi')),
      { role: 'assistant', content: [text(' \n')] },
      user(text(''), { type: 'tool_result', tool_result: { callId: 'c', name: 'n', text: '' } }),
    ]).messages;
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c' }] },
    ]);
  });

  it('joins system messages, and has none where there is none', () => {
    const system = (words: string): Message => ({ role: 'system', content: [text(words)] });
    expect(encode([system('a'), user(text('Hi')), system('b')]).system).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
    expect(encode([user(text('Hi'))])).toEqual({
      model: 'm',
      max_tokens: 100,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      stream: true,
    });
  });

  it.each([
    ['no JSON', 'Cg4KDGdlbWluaQ=='],
    ['JSON of another kind', '{"signature":"x"}'],
    ['thoughts without a signature', '[{"type":"thinking","thinking":"x"}]'],
  ])('does not send what another vendor wanted back: %s', (_, vendorToken) => {
    const call = { id: 'c', name: 'n', input: { a: 1 }, vendorToken };
    expect(encode([{ role: 'assistant', content: [{ type: 'tool_call', tool_call: call }] }]).messages).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'n', input: { a: 1 } }] },
    ]);
  });

  it('says what was said aloud as text, and sends base64 of the very bytes', () => {
    const spoken: Message = {
      role: 'assistant',
      content: [{ type: 'output_audio', output_audio: { transcript: 'Yes.' } }],
    };
    const sound = { type: 'input_audio', input_audio: { data: new Uint8Array([1, 2, 3, 4]), format: 'mp3' } } as const;
    expect(onTheWire(encode([spoken, user(sound)])).messages).toEqual([
      { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] },
      {
        role: 'user',
        content: [{ type: 'audio', source: { type: 'base64', media_type: 'audio/mpeg', data: 'AQIDBA==' } }],
      },
    ]);
  });
});

describe('messageDecoder', () => {
  const start = (block: object, index = 0) => ({ type: 'content_block_start', index, content_block: block });
  const delta = (value: object, index = 0) => ({ type: 'content_block_delta', index, delta: value });
  const stop = (index = 0) => ({ type: 'content_block_stop', index });
  const run = (events: readonly unknown[]) => {
    const decoder = messageDecoder();
    const all = events.flatMap((event) => decoder.push(event));
    decoder.end();
    return all;
  };
  const call = start({ type: 'tool_use', id: 'c', name: 'n', input: {} });

  it('counts what was read from the cache and written to it as part of the input', () => {
    const usage = { input_tokens: 5, cache_creation_input_tokens: 100, cache_read_input_tokens: 20, output_tokens: 1 };
    expect(
      run([
        { type: 'message_start', message: { usage } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: null, output_tokens: 9 } },
        { type: 'message_stop' },
      ]),
    ).toEqual([
      { type: 'finish', finish: 'stop' },
      { type: 'usage', usage: { inputTokens: 125, cachedInputTokens: 20, outputTokens: 9 } },
    ]);
  });

  it('reads calls without input, passes over what it does not know, and shows no thoughts', () => {
    expect(
      run([
        start({ type: 'thinking', thinking: '', signature: '' }),
        delta({ type: 'thinking_delta', thinking: 'secret' }),
        stop(),
        call,
        delta({ type: 'input_json_delta', partial_json: '' }),
        stop(),
        { type: 'something_new' },
        start({ type: 'text', text: 'a' }),
        delta({ type: 'text_delta', text: 'b' }),
        delta({ type: 'citations_delta', citation: {} }),
        stop(),
        { type: 'message_stop' },
      ]).filter(({ type }) => type !== 'usage'),
    ).toEqual([
      {
        type: 'tool-call',
        call: {
          id: 'c',
          name: 'n',
          input: {},
          vendorToken: '[{"type":"thinking","thinking":"secret","signature":""}]',
        },
      },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
  });

  it('drops a call that the length limit cut in two, and complains of one that is broken without it', () => {
    const half = [call, delta({ type: 'input_json_delta', partial_json: '{"a":' }), stop()];
    const end = (reason: string) => [
      { type: 'message_delta', delta: { stop_reason: reason } },
      { type: 'message_stop' },
    ];
    expect(run([...half, ...end('max_tokens')])[0]).toEqual({ type: 'finish', finish: 'length' });
    expect(() => run([...half, ...end('tool_use')])).toThrow(Failed);
  });

  it.each([
    ['nothing', []],
    ['no object', ['text']],
    ['no type', [{}]],
    ['a delta of nothing', [delta({ type: 'text_delta', text: 'a' }, 7)]],
    ['an error', [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]],
    ['a message without content', [{ type: 'message' }]],
  ])('takes %s for no answer', (_, events) => {
    expect(() => run(events)).toThrow(Failed);
  });
});

describe('decodeModels', () => {
  it('keeps what is known, and nothing of what is retired or has no name', () => {
    const row = { id: 'a', max_tokens: 5, max_input_tokens: null, retires_at: null, capabilities: null };
    expect([...decodeModels({ data: [row, { id: 'b', lifecycle: 'retired' }, {}] })]).toEqual([
      ['a', { maxOutputTokens: 5 }],
    ]);
    expect(() => decodeModels({ models: [] })).toThrow(Failed);
  });
});
