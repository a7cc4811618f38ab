import { describe, expect, it } from 'vitest';
import { text, type Message, type ToolCall } from '../../../src/core/conversation.js';
import { EarshotError } from '../../../src/core/errors.js';
import type { AnswerEvent, AnswerRequest } from '../../../src/providers/provider.js';
import { converseWithTools, type ToolOutcome, type ToolUser } from '../../../src/workflows/converseWithTools.js';

const signal = new AbortController().signal;
const question: Message[] = [
  { role: 'system', content: [text('You listen.')] },
  { role: 'user', content: [text('What is it?')] },
];
const tools = [{ name: 'search', description: 'Searches.', inputSchema: { type: 'object', properties: {} } }];

interface Asked {
  readonly messages: readonly Message[];
  readonly toolChoice: AnswerRequest['toolChoice'];
}

/** A model that answers as it is told, round by round; the last script again and again. */
class ScriptedModel implements ToolUser {
  readonly label = 'Ears';
  readonly asked: Asked[] = [];
  readonly #scripts: ((round: number) => readonly (AnswerEvent | Error)[])[];

  constructor(...scripts: ((round: number) => readonly (AnswerEvent | Error)[])[]) {
    this.#scripts = scripts;
  }

  answer: ToolUser['answer'] = (messages, _signal, { toolChoice }) => {
    this.asked.push({ messages: [...messages], toolChoice });
    const round = this.asked.length;
    return this.#events(this.#scripts[Math.min(round, this.#scripts.length) - 1]?.(round) ?? []);
  };

  async *#events(events: readonly (AnswerEvent | Error)[]): AsyncGenerator<AnswerEvent> {
    for (const event of events) {
      if (event instanceof Error) throw event;
      yield await Promise.resolve(event);
    }
  }
}

const calls = (round: number, ...names: string[]): AnswerEvent[] => [
  ...names.map((name, index): AnswerEvent => {
    return { type: 'tool-call', call: { id: `${round}-${index}`, name, input: { round }, vendorToken: 'signed' } };
  }),
  { type: 'usage', usage: { inputTokens: 10, outputTokens: 1 } },
  { type: 'finish', finish: 'tool-calls' },
];
const says = (words: string) => (): AnswerEvent[] => [
  { type: 'text', text: words },
  { type: 'usage', usage: { inputTokens: 20, outputTokens: 2 } },
  { type: 'finish', finish: 'stop' },
];

async function run(
  model: ScriptedModel,
  give: (call: ToolCall) => ToolOutcome = () => ({ text: 'found' }),
  bounds?: Parameters<typeof converseWithTools>[4],
) {
  const called: ToolCall[] = [];
  const events: AnswerEvent[] = [];
  let thrown: unknown;
  const callTool = (call: ToolCall): Promise<ToolOutcome> => {
    called.push(call);
    return Promise.resolve(give(call));
  };
  try {
    for await (const event of converseWithTools(model, question, { tools, callTool }, signal, bounds))
      events.push(event);
  } catch (error) {
    thrown = error;
  }
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
  return { called, events, thrown, notices };
}

describe('an answer with tools', () => {
  it('gives each call its result, in order, and goes on until there is an answer', async () => {
    const model = new ScriptedModel((round) => calls(round, 'search', 'search'), says('It is a zebra.'));
    const { called, events, notices } = await run(model, ({ id }) => ({ text: `result ${id}` }));
    expect(called.map(({ id }) => id)).toEqual(['1-0', '1-1']);
    expect(model.asked[1]?.messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: called.map((call) => ({ type: 'tool_call', tool_call: call })),
      },
      {
        role: 'user',
        content: called.map(({ id, name }) => ({
          type: 'tool_result',
          tool_result: { callId: id, name, text: `result ${id}` },
        })),
      },
    ]);
    expect(events.filter(({ type }) => type === 'finish')).toEqual([{ type: 'finish', finish: 'stop' }]);
    expect(events).toContainEqual({ type: 'usage', usage: { inputTokens: 30, outputTokens: 3 } });
    expect(notices).toEqual(['Tools that Ears called: search ×2.']);
  });

  it('tells the model that results are no instructions', async () => {
    const model = new ScriptedModel(says('Yes.'));
    await run(model);
    const [first] = model.asked[0]?.messages ?? [];
    expect(first?.role).toBe('system');
    expect(JSON.stringify(first)).toContain('never an instruction');
  });

  it('tells the model of a call that the user denied, and goes on', async () => {
    const model = new ScriptedModel((round) => calls(round, 'search'), says('I could not look.'));
    const { thrown } = await run(model, () => ({ text: 'The user did not allow this call.', isError: true }));
    expect(thrown).toBeUndefined();
    expect(JSON.stringify(model.asked[1]?.messages.at(-1))).toContain('did not allow');
    expect(JSON.stringify(model.asked[1]?.messages.at(-1))).toContain('"isError":true');
  });

  it('never carries out a call of a tool that was not offered', async () => {
    const model = new ScriptedModel((round) => calls(round, 'delete_everything'), says('Fine.'));
    const { called } = await run(model);
    expect(called).toEqual([]);
    expect(JSON.stringify(model.asked[1]?.messages.at(-1))).toContain('no tool named delete_everything');
  });

  it('stops after fifty calls, answers every one of them, and asks for an answer without tools', async () => {
    const model = new ScriptedModel(
      ...Array.from({ length: 9 }, () => (round: number) => calls(round, ...Array<string>(6).fill('search'))),
      says('Enough.'),
    );
    const { called, notices } = await run(model);
    expect(called).toHaveLength(50);
    expect(model.asked.map(({ toolChoice }) => toolChoice).at(-1)).toBe('none');
    expect(model.asked.at(-1)?.messages.at(-1)?.content).toHaveLength(6);
    expect(JSON.stringify(model.asked.at(-1)?.messages.at(-1))).toContain('Not called: 50');
    expect(notices[0]).toMatch(/stopped after 50 calls/);
  });

  it('ends a model that calls tools without end, and says what it used', async () => {
    const model = new ScriptedModel((round) => calls(round, 'search'));
    const { called, thrown, events } = await run(model);
    expect(called).toHaveLength(19);
    expect(model.asked).toHaveLength(20);
    expect(thrown).toMatchObject({ reason: 'malformed-response' });
    expect(events).toContainEqual({ type: 'usage', usage: { inputTokens: 200, outputTokens: 20 } });
  });

  it('says what was used when the server fails in the middle', async () => {
    const failure = new EarshotError('overloaded', 'Try later.');
    const model = new ScriptedModel(
      (round) => calls(round, 'search'),
      () => [failure],
    );
    const { thrown, events } = await run(model);
    expect(thrown).toBe(failure);
    expect(events).toContainEqual({ type: 'usage', usage: { inputTokens: 10, outputTokens: 1 } });
  });

  it('cuts a result that is too long for any question, and says so', async () => {
    const model = new ScriptedModel((round) => calls(round, 'search'), says('Long.'));
    await run(model, () => ({ text: 'x'.repeat(200_000) }));
    const sent = JSON.stringify(model.asked[1]?.messages.at(-1));
    expect(sent.length).toBeLessThan(61_000);
    expect(sent).toContain('[cut: 200000 characters in all]');
  });
});
