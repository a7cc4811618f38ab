import { cancelled, throwIfCancelled, toEarshotError, type EarshotError } from '../core/errors.js';
import type { Capabilities } from '../core/model.js';
import type { ListedModels } from './dialects/listings.js';
import type { ListedModel } from './modelRows.js';

const freshMilliseconds = 5 * 60_000;
/** A server that is not there is asked again soon: the user may be starting it. */
const retryMilliseconds = 10_000;

export interface RememberedModels {
  /**
   * Asks the server, unless it was asked a moment ago.
   * @throws EarshotError why it could not be asked, remembered for a few seconds; `cancelled` for this caller alone.
   */
  refresh(signal?: AbortSignal): Promise<void>;
  /** Ids of the last listing that succeeded, in the server's order. */
  ids(): readonly string[];
  /** What the last listing said about a model. */
  known(id: string): ListedModel | undefined;
}

/** A listing that says of each model what it can do, and no more. */
export function asListed(rows: Iterable<readonly [id: string, capabilities: Partial<Capabilities>]>): ListedModels {
  return new Map([...rows].map(([id, capabilities]) => [id, { capabilities }]));
}

/** Waits for what several wait for; one of them may leave without ending it for the others. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  throwIfCancelled(signal);
  let leave = (): void => undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      reject(cancelled());
    };
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/**
 * Remembers a listing for a while, so that picking a model does not ask the server each time.
 * @param fetchListing Serves every caller that waits, so that it keeps time for itself. @throws EarshotError
 */
export function listedModels(fetchListing: () => Promise<ListedModels>): RememberedModels {
  let rows: ListedModels = new Map();
  let failure: EarshotError | undefined;
  let validUntil = 0;
  let pending: Promise<void> | undefined;

  /** Never rejects: those who wait may all have left. */
  const ask = async (): Promise<void> => {
    try {
      rows = await fetchListing();
      failure = undefined;
      validUntil = Date.now() + freshMilliseconds;
    } catch (error) {
      failure = toEarshotError(error);
      validUntil = Date.now() + retryMilliseconds;
    }
  };

  return {
    refresh: async (signal) => {
      throwIfCancelled(signal);
      if (Date.now() >= validUntil) {
        pending ??= ask().finally(() => {
          pending = undefined;
        });
        await unlessAborted(pending, signal);
      }
      if (failure !== undefined) throw failure;
    },
    ids: () => [...rows.keys()],
    known: (id) => rows.get(id),
  };
}
