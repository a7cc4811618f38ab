import { describe, expect, it } from 'vitest';
import { text } from '../../../src/core/conversation.js';
import type { LedgerEntry } from '../../../src/core/ledger.js';
import {
  createGate,
  type Gate,
  type GatePorts,
  type Intention,
  type SpendingRules,
} from '../../../src/workflows/gate.js';
import type { Provider } from '../../../src/providers/provider.js';
import { aModel, FakeProvider } from '../../support/fakes.js';

const minutePrice = { prices: { perAudioMinute: 0.01 } };

/** A provider somewhere else, which transcribes at a cent a minute. */
class FarProvider extends FakeProvider {
  readonly destination = { origin: 'https://far.example', isLoopback: false };
}

class World implements GatePorts {
  rulesNow: SpendingRules = { localOnly: false, confirmUpload: 'never' };
  ledger: LedgerEntry[] = [];
  agreed = new Set<string>();
  questions: string[] = [];
  answer = true;
  readonly rules = (): SpendingRules => this.rulesNow;
  readonly now = (): Date => new Date('2026-11-21T12:00:00Z');
  readonly entries = (): Promise<readonly LedgerEntry[]> => Promise.resolve(this.ledger);
  readonly record = (entry: LedgerEntry): Promise<void> => {
    this.ledger.push(entry);
    return Promise.resolve();
  };
  readonly failures: string[] = [];
  readonly failed = (provider: string): void => {
    this.failures.push(provider);
  };
  readonly confirm = async (question: string, detail: string): Promise<boolean> => {
    this.questions.push(`${question} ${detail}`);
    await Promise.resolve();
    return this.answer;
  };
  readonly hasAgreedTo = (origin: string): boolean => this.agreed.has(origin);
  readonly rememberAgreement = (origin: string): Promise<void> => {
    this.agreed.add(origin);
    return Promise.resolve();
  };
}

function aWorld(rules: Partial<SpendingRules> = {}): { world: World; gate: Gate; provider: FarProvider } {
  const world = new World();
  world.rulesNow = { ...world.rulesNow, ...rules };
  const provider = new FarProvider('far', [aModel('far', 'ears', { transcription: true, chat: true, ...minutePrice })]);
  return { world, gate: createGate(world), provider };
}

function transcription(provider: Provider, audioSeconds = 60): Intention {
  const model = aModel(provider.name, 'ears', minutePrice);
  return { provider, model, task: 'transcription', clipNames: ['interview.m4a'], audioSeconds, byteLength: 4_000_000 };
}

async function collect(events: AsyncIterable<unknown> | undefined): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const event of events ?? []) list.push(event);
  return list;
}

const signal = (): AbortSignal => new AbortController().signal;

async function send(provider: Provider, over = signal()): Promise<void> {
  const audio = { bytes: new Uint8Array(3), format: 'wav', fileName: 'interview.wav', durationSeconds: 60 } as const;
  await collect(provider.transcribe?.({ model: 'ears', audio }, over));
}

describe('privacy', () => {
  it('asks the first time for each server, and says what goes where and what it costs', async () => {
    const { world, gate, provider } = aWorld({ confirmUpload: 'firstTime' });
    await gate.permit(transcription(provider), signal());
    expect(world.questions).toEqual([
      'Send to far? ears at https://far.example is about to transcribe interview.m4a (1:00, 4.0 MB). What is said in it leaves this machine. It costs about $0.0100.',
    ]);
    await gate.permit(transcription(provider), signal());
    expect(world.questions).toHaveLength(1);
  });

  it('asks before each piece of work when it always has to, but once for all of one', async () => {
    const { world, gate, provider } = aWorld({ confirmUpload: 'always' });
    const one = signal();
    await Promise.all([gate.permit(transcription(provider), one), gate.permit(transcription(provider), one)]);
    expect(world.questions).toHaveLength(1);
    await gate.permit(transcription(provider), signal());
    expect(world.questions).toHaveLength(2);
  });

  it('sends nothing after a no, and does not ask again for the rest of that work', async () => {
    const { world, gate, provider } = aWorld({ confirmUpload: 'always' });
    world.answer = false;
    const one = signal();
    const asked = [gate.permit(transcription(provider), one), gate.permit(transcription(provider), one)];
    for (const each of await Promise.allSettled(asked)) expect(each).toMatchObject({ reason: { reason: 'cancelled' } });
    expect(world.questions).toHaveLength(1);
    expect(world.agreed.size).toBe(0);
  });

  it('asks even when a feature forgot to', async () => {
    const { world, gate, provider } = aWorld({ confirmUpload: 'firstTime' });
    world.answer = false;
    await expect(send(gate.guard(provider))).rejects.toMatchObject({ reason: 'cancelled' });
    expect(provider.transcriptions).toEqual([]);
    expect(world.questions).toHaveLength(1);
  });

  it('lets nothing leave the machine when it is local only, whoever asks', async () => {
    const { gate, provider } = aWorld({ localOnly: true });
    await expect(send(gate.guard(provider))).rejects.toMatchObject({ reason: 'local-only' });
    await expect(gate.permit(transcription(provider), signal())).rejects.toMatchObject({ reason: 'local-only' });
    expect(() => gate.guard(provider).readiness()).toThrow(/localOnly/);
    expect(provider.transcriptions).toEqual([]);
  });

  it('takes a server for far away when it does not say where it is', async () => {
    const { gate } = aWorld({ localOnly: true });
    const vague = new FakeProvider('vague', [aModel('vague', 'ears', { transcription: true })]);
    await expect(send(gate.guard(vague))).rejects.toMatchObject({ reason: 'local-only' });
  });

  it('does not ask about this machine', async () => {
    const { world, gate } = aWorld({ confirmUpload: 'always', localOnly: true });
    class Near extends FakeProvider {
      readonly destination = { origin: 'http://127.0.0.1:8000', isLoopback: true };
    }
    const near = new Near('near', [aModel('near', 'ears', { transcription: true })]);
    await send(gate.guard(near));
    expect(world.questions).toEqual([]);
    expect(near.transcriptions).toHaveLength(1);
  });
});

describe('the budget', () => {
  it('asks when the work as a whole is dear, though each part is cheap', async () => {
    const { world, gate, provider } = aWorld({ askAboveDollars: 0.025 });
    const one = signal();
    for (let part = 0; part < 4; part++) await gate.permit(transcription(provider), one);
    expect(world.questions).toHaveLength(1);
    expect(world.questions[0]).toContain('It costs about $0.0300 with what came before it.');
  });

  it('asks when nobody knows the price', async () => {
    const { world, gate, provider } = aWorld({ askAboveDollars: 5 });
    await gate.permit({ ...transcription(provider), model: aModel('far', 'ears', {}) }, signal());
    expect(world.questions[0]).toContain('What it costs is not known.');
  });

  it('refuses what would take the month beyond its limit, before anything is sent', async () => {
    const { world, gate, provider } = aWorld({ monthlyLimitDollars: 1 });
    world.ledger = [
      { at: '2026-11-02T00:00:00Z', provider: 'x', model: 'y', task: 'answer', usage: {}, dollars: 0.995 },
      { at: '2026-10-02T00:00:00Z', provider: 'x', model: 'y', task: 'answer', usage: {}, dollars: 50 },
    ];
    await expect(gate.permit(transcription(provider), signal())).rejects.toMatchObject({ reason: 'over-budget' });
    await expect(send(gate.guard(provider))).rejects.toThrow(/This month \$1\.00 of \$1\.00|This month \$0\.99/);
    expect(provider.transcriptions).toEqual([]);
  });

  it('stops in the middle of the work when the month is used up', async () => {
    const { world, gate, provider } = aWorld({ monthlyLimitDollars: 1 });
    const one = signal();
    await gate.permit(transcription(provider), one);
    world.ledger = [{ at: '2026-11-02T00:00:00Z', provider: 'x', model: 'y', task: 'answer', usage: {}, dollars: 1 }];
    await expect(send(gate.guard(provider), one)).rejects.toMatchObject({ reason: 'over-budget' });
  });

  it('writes down what each answer used and cost, also of one that broke off', async () => {
    const { world, gate, provider } = aWorld();
    provider.transcriptionScripts = [[{ type: 'usage', usage: { audioSeconds: 60 } }, new Error('gone')]];
    await expect(send(gate.guard(provider))).rejects.toThrow('gone');
    expect(world.failures).toEqual(['far']);
    expect(world.ledger).toEqual([
      {
        at: '2026-11-21T12:00:00.000Z',
        provider: 'far',
        model: 'ears',
        task: 'transcription',
        usage: { audioSeconds: 60 },
        dollars: 0.01,
      },
    ]);
  });

  it('writes an answer of unknown price without one', async () => {
    const { world, gate, provider } = aWorld();
    provider.known = [aModel('far', 'ears', { chat: true })];
    provider.answerScripts = [[{ type: 'usage', usage: { inputTokens: 10, outputTokens: 5 } }]];
    const messages = [{ role: 'user', content: [text('Why?')] }] as const;
    await collect(gate.guard(provider).converse?.({ model: 'ears', messages }, signal()));
    expect(world.ledger).toMatchObject([{ task: 'answer', usage: { inputTokens: 10, outputTokens: 5 } }]);
    expect(world.ledger[0]).not.toHaveProperty('dollars');
  });
});

describe('work behind which no person sits', () => {
  it('fails instead of asking, sends nothing, and names the setting', async () => {
    const { world, gate, provider } = aWorld({ confirmUpload: 'firstTime' });
    const unattended = signal();
    gate.forbidQuestions(unattended);
    await expect(send(gate.guard(provider), unattended)).rejects.toMatchObject({
      reason: 'consent-needed',
      setting: 'earshot.privacy.confirmUpload',
    });
    expect(world.questions).toEqual([]);
    expect(world.ledger).toEqual([]);
    expect(world.agreed.size).toBe(0);
  });

  it('fails where it would cost more than passes unasked', async () => {
    const { world, gate, provider } = aWorld({ askAboveDollars: 0.001 });
    const unattended = signal();
    gate.forbidQuestions(unattended);
    await expect(gate.permit(transcription(provider), unattended)).rejects.toMatchObject({
      reason: 'consent-needed',
      setting: 'earshot.budget.askAbove',
    });
    expect(world.questions).toEqual([]);
  });

  it('goes through where there is nothing to ask, and takes nothing from others', async () => {
    const { world, gate, provider } = aWorld({ confirmUpload: 'firstTime' });
    const unattended = signal();
    gate.forbidQuestions(unattended);
    await gate.permit(transcription(provider), signal());
    expect(world.questions).toHaveLength(1);
    await gate.permit(transcription(provider), unattended);
    expect(world.questions).toHaveLength(1);
  });
});
