import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EarshotError } from '../../../src/core/errors.js';
import { decodeListing } from '../../../src/providers/dialects/listings.js';
import { listedModels } from '../../../src/providers/listedModels.js';

const aListing = (...ids: string[]) => decodeListing({ data: ids.map((id) => ({ id })) });
const gone = new EarshotError('unreachable', 'Gone cannot be reached.');

/** A server that answers when the test says so. */
function aSlowServer() {
  const requests: { answer(rows: ReturnType<typeof decodeListing>): void; fail(error: Error): void }[] = [];
  const fetchListing = () =>
    new Promise<ReturnType<typeof decodeListing>>((answer, fail) => {
      requests.push({ answer, fail });
    });
  return { requests, listing: listedModels(fetchListing) };
}

describe('a listing that several wait for', () => {
  it('goes on for the others when the first of them leaves', async () => {
    const { requests, listing } = aSlowServer();
    const first = new AbortController();
    const leaving = listing.refresh(first.signal);
    const staying = listing.refresh(new AbortController().signal);
    first.abort();
    await expect(leaving).rejects.toMatchObject({ reason: 'cancelled' });
    requests[0]?.answer(aListing('a', 'b'));
    await staying;
    expect(listing.ids()).toEqual(['a', 'b']);
    expect(requests.length).toBe(1);
  });

  it('is still of use when everybody has left, and breaks nothing when it fails', async () => {
    for (const outcome of ['answer', 'fail'] as const) {
      const { requests, listing } = aSlowServer();
      const only = new AbortController();
      const leaving = listing.refresh(only.signal);
      only.abort();
      await expect(leaving).rejects.toMatchObject({ reason: 'cancelled' });
      if (outcome === 'answer') {
        requests[0]?.answer(aListing('a'));
        await listing.refresh();
        expect(listing.ids()).toEqual(['a']);
      } else {
        requests[0]?.fail(gone);
        await expect(listing.refresh()).rejects.toBe(gone);
      }
      expect(requests.length).toBe(1);
    }
  });

  it('is not begun for a caller who has left already', async () => {
    const { requests, listing } = aSlowServer();
    await expect(listing.refresh(AbortSignal.abort())).rejects.toMatchObject({ reason: 'cancelled' });
    expect(requests).toEqual([]);
  });
});

describe('how long a listing is remembered', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is five minutes when it succeeded and ten seconds when it failed', async () => {
    const outcomes: (ReturnType<typeof decodeListing> | Error)[] = [gone, aListing('a'), gone, aListing('b')];
    let asked = 0;
    const listing = listedModels(() => {
      const outcome = outcomes[asked++] ?? gone;
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    });
    await expect(listing.refresh()).rejects.toBe(gone);
    vi.advanceTimersByTime(9_999);
    await expect(listing.refresh()).rejects.toBe(gone);
    expect(asked).toBe(1);
    vi.advanceTimersByTime(1);
    await listing.refresh();
    vi.advanceTimersByTime(5 * 60_000 - 1);
    await listing.refresh();
    expect(asked).toBe(2);
    vi.advanceTimersByTime(1);
    await expect(listing.refresh()).rejects.toBe(gone);
    // What was listed once stays known.
    expect(listing.ids()).toEqual(['a']);
    vi.advanceTimersByTime(10_000);
    await listing.refresh();
    expect(listing.ids()).toEqual(['b']);
  });
});

describe('decodeListing', () => {
  it.each([
    ['the list of OpenAI', { object: 'list', data: [{ id: 'a' }, { id: 'b' }] }, ['a', 'b']],
    ['a bare list', [{ id: 'a' }], ['a']],
    ['null for an empty list', { object: 'list', data: null }, []],
    ['rows without an id', { data: [{ name: 'x' }, 'text', { id: 'a' }] }, ['a']],
  ])('reads %s', (_, body, ids) => {
    expect([...decodeListing(body).keys()]).toEqual(ids);
  });

  it.each([['text'], [null], [{}], [{ models: [] }], [{ error: { message: 'no' } }]])('refuses %j', (body) => {
    expect(() => decodeListing(body)).toThrow();
  });

  it('takes what a row says about its model', () => {
    const rows = decodeListing({ data: [{ id: 'a', max_model_len: 4096, shutdown_date: '2027-01-31T00:00:00Z' }] });
    expect(rows.get('a')).toEqual({ capabilities: { maxContextTokens: 4096, endDate: '2027-01-31' } });
  });
});
