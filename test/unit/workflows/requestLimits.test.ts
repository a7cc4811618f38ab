import { describe, expect, it } from 'vitest';
import { EarshotError } from '../../../src/core/errors.js';
import { createRequestLimit, createRequestLimits } from '../../../src/workflows/requestLimits.js';
import { FakeProvider, thrownBy } from '../../support/fakes.js';

const signal = new AbortController().signal;
const tooMuch = (retryAfterSeconds: number): EarshotError =>
  new EarshotError('rate-limited', 'Too many.', { retryAfterSeconds });

describe('the limit of requests to one provider', () => {
  it('is shared by all that ask the same one, and is one for programs of this machine', () => {
    const limitOf = createRequestLimits(() => 3);
    const server = new FakeProvider('server', []);
    expect(limitOf(server)).toBe(limitOf(server));
    expect(limitOf(server)).not.toBe(limitOf(new FakeProvider('other', [])));
    expect(limitOf(server).concurrency).toBe(3);
    expect(limitOf(Object.assign(new FakeProvider('program', []), { isLocal: true })).concurrency).toBe(1);
  });

  it('follows the setting', async () => {
    let allowed = 2;
    const limit = createRequestLimit(() => allowed);
    allowed = 5;
    await limit.run(() => Promise.resolve(), signal);
    expect(limit.concurrency).toBe(5);
  });

  it('halves once for requests that were refused together, and recovers one by one', async () => {
    const limit = createRequestLimit(() => 8);
    for (let refused = 0; refused < 3; refused++) limit.slowDown(tooMuch(0.02));
    expect(limit.concurrency).toBe(4);
    const seen: number[] = [];
    for (let answered = 0; answered < 30; answered++) {
      await limit.run(() => Promise.resolve(), signal);
      seen.push(limit.concurrency);
    }
    expect(seen.slice(0, 4)).toEqual([4, 4, 4, 5]);
    expect(seen.at(-1)).toBe(8);
  });

  it('sends nothing before the server wants to be asked again', async () => {
    const limit = createRequestLimit(() => 4);
    const refusedAt = Date.now();
    limit.slowDown(tooMuch(0.06));
    await Promise.all([1, 2, 3].map(() => limit.run(() => Promise.resolve(), signal)));
    expect(Date.now() - refusedAt).toBeGreaterThanOrEqual(59);
  });

  it('does not make anybody wait who has cancelled', async () => {
    const limit = createRequestLimit(() => 1);
    limit.slowDown(tooMuch(60));
    const controller = new AbortController();
    const work = thrownBy(limit.run(() => Promise.reject(new Error('sent')), controller.signal));
    controller.abort();
    expect(await work).toMatchObject({ reason: 'cancelled' });
  });
});
