import { describe, expect, it } from 'vitest';
import { EarshotError } from '../../../src/core/errors.js';
import { createEndpoint, type Channel, type Endpoint } from '../../../src/protocol/endpoint.js';

interface Host {
  readonly asks: { readonly double: readonly [number, number]; readonly fail: readonly [undefined, undefined] };
  readonly tells: { readonly note: string };
}
interface View {
  readonly asks: { readonly name: readonly [undefined, string] };
  readonly tells: { readonly wake: undefined };
}

/** Two ends; what is posted at one arrives at the other, as a copy. */
function connected(loses: (message: unknown) => boolean = () => false): readonly [Channel, Channel] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (own: number): Channel => ({
    post: (message) => {
      if (loses(message)) return;
      queueMicrotask(() => {
        for (const listener of listeners[1 - own] ?? []) listener(structuredClone(message));
      });
    },
    listen: (listener) => {
      listeners[own]?.push(listener);
      return () => {
        listeners[own] = (listeners[own] ?? []).filter((each) => each !== listener);
      };
    },
  });
  return [end(0), end(1)];
}

function endpoints(loses?: (message: unknown) => boolean): {
  host: Endpoint<View>;
  view: Endpoint<Host>;
  notes: string[];
} {
  const [left, right] = connected(loses);
  const notes: string[] = [];
  const host = createEndpoint<Host, View>(left, {
    answer: {
      double: (value) => value * 2,
      fail: () => {
        throw new EarshotError('clip-unreadable', 'talk.m4a is not there any more.');
      },
    },
    hear: { note: (text) => void notes.push(text) },
  });
  const view = createEndpoint<View, Host>(right, { answer: { name: () => 'player' }, hear: { wake: () => undefined } });
  return { host, view, notes };
}

describe('an endpoint', () => {
  it('asks and tells in both directions at once', async () => {
    const { host, view, notes } = endpoints();
    view.tell('note', 'hello');
    expect(await Promise.all([view.ask('double', 1), view.ask('double', 2), host.ask('name', undefined)])).toEqual([
      2,
      4,
      'player',
    ]);
    expect(notes).toEqual(['hello']);
  });

  it('hands an error over with its reason and its words', async () => {
    const { view } = endpoints();
    await expect(view.ask('fail', undefined)).rejects.toMatchObject({
      reason: 'clip-unreadable',
      message: 'talk.m4a is not there any more.',
    });
  });

  it('gives up on a message that was lost, and on all when it is closed', async () => {
    const { view } = endpoints(() => true);
    await expect(view.ask('double', 1, 10)).rejects.toMatchObject({ reason: 'cancelled' });
    const waiting = view.ask('double', 1);
    view.dispose();
    await expect(waiting).rejects.toMatchObject({ reason: 'cancelled' });
    await expect(view.ask('double', 1)).rejects.toMatchObject({ reason: 'cancelled' });
  });

  it('heeds nothing that others post', async () => {
    const [left, right] = connected();
    createEndpoint<View, Host>(right, { answer: { name: () => 'player' }, hear: { wake: () => undefined } });
    const received: unknown[] = [];
    left.listen((message) => void received.push(message));
    for (const message of [null, 'x', 7, {}, { kind: 'other' }, { kind: 'tell', name: 'constructor' }])
      left.post(message);
    left.post({ kind: 'ask', id: 1, name: 'toString', content: undefined });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(received).toMatchObject([{ kind: 'error', id: 1, reason: 'bug' }]);
  });
});
