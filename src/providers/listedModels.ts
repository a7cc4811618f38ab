import { cancelled, throwIfCancelled, toEarshotError, type EarshotError } from '../core/errors.js';
import type { Capabilities } from '../core/model.js';
import { Failed, isRecord, listAt, numberAt, refuseErrorBody, stringAt } from './dialects/wire.js';

const freshMilliseconds = 5 * 60_000;
/** A server that is not there is asked again soon: the user may be starting it. */
const retryMilliseconds = 10_000;

export interface ListedModels {
  /**
   * Asks the server, unless it was asked a moment ago.
   * @throws EarshotError why it could not be asked, remembered for a few seconds; `cancelled` for this caller alone.
   */
  refresh(signal?: AbortSignal): Promise<void>;
  /** Ids of the last listing that succeeded, in the server's order. */
  ids(): readonly string[];
  /** What the last listing said about a model. */
  known(id: string): Partial<Capabilities> | undefined;
}

type Rows = ReadonlyMap<string, Partial<Capabilities>>;

/** What a row of `GET /models` says beyond the id; each server adds its own. */
function decodeRow(row: unknown): Partial<Capabilities> {
  const endDate = /^\d{4}-\d{2}-\d{2}/.exec(stringAt(row, 'shutdown_date') ?? '')?.[0];
  const maxContextTokens = numberAt(row, 'max_model_len') ?? numberAt(row, 'context_length');
  return {
    ...(endDate === undefined ? {} : { endDate }),
    ...(maxContextTokens === undefined ? {} : { maxContextTokens }),
  };
}

/** @throws Failed when the body is no listing. */
export function decodeListing(body: unknown): Rows {
  refuseErrorBody(body);
  // Some servers send the bare list, and some null for a list of nothing.
  const isEmpty = isRecord(body) && body['data'] === null;
  const list: readonly unknown[] | undefined = Array.isArray(body) ? body : isEmpty ? [] : listAt(body, 'data');
  if (list === undefined) throw new Failed({ kind: 'malformed', missing: 'data' });
  const rows = new Map<string, Partial<Capabilities>>();
  for (const row of list) {
    const id = stringAt(row, 'id');
    if (id !== undefined) rows.set(id, decodeRow(row));
  }
  return rows;
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
export function listedModels(fetchListing: () => Promise<Rows>): ListedModels {
  let rows: Rows = new Map();
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
