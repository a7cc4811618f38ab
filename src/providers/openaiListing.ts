import { isCancelled } from '../core/errors.js';
import { addressOfRoot } from './address.js';
import type { Listing, ListedModels, ListingPath } from './dialects/listings.js';
import { explain } from './failure.js';
import { askWire, getFrom, type WireAnswer } from './openaiClient.js';
import type { Call } from './wireCall.js';

const listingTimeoutSeconds = 5;
/** With the body, which the SDK does not time. */
const wholeListingTimeoutSeconds = 8;

/** Asks a server what it serves. @throws EarshotError; `timeout` when it takes longer than a person waits. */
export async function fetchListing(listing: Listing, call: Call): Promise<ListedModels> {
  const quick = { ...call, timeoutSeconds: listingTimeoutSeconds, maxRetries: 0 };
  const signal = AbortSignal.timeout(wholeListingTimeoutSeconds * 1000);

  const ask = async <T>(
    { path, query, isAtRoot }: ListingPath,
    read: (body: unknown) => Promise<T>,
  ): Promise<T | undefined> => {
    const asked = isAtRoot === true ? { ...quick, baseUrl: addressOfRoot(quick.baseUrl) } : quick;
    const readAnswer = async function* (answer: WireAnswer): AsyncGenerator<T> {
      yield await read(await answer.json());
    };
    for await (const result of askWire(asked, getFrom(path, query), readAnswer, signal)) return result;
    return undefined;
  };
  // What only adds to the list may be missing, or forbidden to this key.
  const more = listing.more.map((path) => ask(path, (body) => Promise.resolve(body)).catch(() => undefined));
  try {
    const listed = await ask(listing.list, async (body) => listing.decode(body, await Promise.all(more)));
    if (listed !== undefined) return listed;
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
  throw explain({ kind: 'transport', codes: [], text: '', timedOut: true }, quick.asked);
}
