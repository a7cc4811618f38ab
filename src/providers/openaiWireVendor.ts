import type { ModelRow } from './modelRows.js';

/** Who can be asked in OpenAI's wire format, as data; the adapter is the same for all. */
export interface OpenaiWireVendor {
  readonly rows: readonly ModelRow[];
  /** Where it is, unless the settings say otherwise. */
  readonly baseUrl?: string;
  /** False: it may or may not want one, and is asked without when none is set. */
  readonly needsKey: boolean;
  /** Where a person gets a key. */
  readonly keyPage?: string;
  /** Whether what it serves is to be asked for at `GET /models`, because no table can know it. */
  readonly listsModels: boolean;
}
