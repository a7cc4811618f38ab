import type { Capabilities } from '../core/model.js';
import { listAt, numberAt, stringAt } from './dialects/wire.js';

const freshMilliseconds = 5 * 60_000;
/** A server that is not there is asked again soon: the user may be starting it. */
const retryMilliseconds = 10_000;

export interface ListedModels {
  /** Ids in the server's order; empty when it cannot be asked. Never throws. */
  ids(signal?: AbortSignal): Promise<readonly string[]>;
  /** What the last listing said about a model. */
  known(id: string): Partial<Capabilities> | undefined;
}

/** What a row of `GET /models` says beyond the id; each server adds its own. */
function decodeRow(row: unknown): Partial<Capabilities> {
  const endDate = /^\d{4}-\d{2}-\d{2}/.exec(stringAt(row, 'shutdown_date') ?? '')?.[0];
  const maxContextTokens = numberAt(row, 'max_model_len') ?? numberAt(row, 'context_length');
  return {
    ...(endDate === undefined ? {} : { endDate }),
    ...(maxContextTokens === undefined ? {} : { maxContextTokens }),
  };
}

/** Remembers a listing for a while, so that picking a model does not ask the server each time. */
export function listedModels(fetchListing: (signal: AbortSignal) => Promise<unknown>): ListedModels {
  let rows = new Map<string, Partial<Capabilities>>();
  let goodUntil = 0;
  let pending: Promise<void> | undefined;

  const refresh = async (signal: AbortSignal): Promise<void> => {
    try {
      const body = await fetchListing(signal);
      const found = new Map<string, Partial<Capabilities>>();
      for (const row of listAt(body, 'data') ?? []) {
        const id = stringAt(row, 'id');
        if (id !== undefined) found.set(id, decodeRow(row));
      }
      rows = found;
      goodUntil = Date.now() + freshMilliseconds;
    } catch {
      // The exchange has logged it. What was known stays known, and the request that needs the server will say what is wrong.
      goodUntil = Date.now() + (signal.aborted ? 0 : retryMilliseconds);
    }
  };

  return {
    ids: async (signal) => {
      if (Date.now() >= goodUntil) {
        pending ??= refresh(signal ?? new AbortController().signal).finally(() => {
          pending = undefined;
        });
        await pending;
      }
      return [...rows.keys()];
    },
    known: (id) => rows.get(id),
  };
}
