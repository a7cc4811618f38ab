import type { KeyHeader } from './exchange.js';
import type { ListingName } from './dialects/listings.js';
import type { ModelRow, ModelTraits } from './modelRows.js';

/** Who can be asked in OpenAI's wire format, as data; the adapter is the same for all. */
export interface OpenaiWireVendor {
  readonly label: string;
  readonly rows: readonly ModelRow[];
  /** How its endpoints differ from the plain ones, for every model unless its row says otherwise. */
  readonly traits?: ModelTraits;
  /** Where it is, unless the settings say otherwise. `{model}` or `{deployment}` in its path stands for the model's id. */
  readonly baseUrl?: string;
  /** Given where everybody has an address of their own: what such an address looks like. */
  readonly baseUrlExample?: string;
  /** Host names by which an address of one's own is known as this vendor's. */
  readonly hosts?: RegExp;
  /** False: it may or may not want one, and is asked without when none is set. */
  readonly needsKey: boolean;
  /** Default `bearer`. */
  readonly keyHeader?: KeyHeader;
  /** Where a person gets a key. */
  readonly keyPage?: string;
  /** What to ask with a key to see whether it is taken, where the list of models is open to everybody. Default `/models`. */
  readonly keyCheckPath?: string;
  /** How to ask what it serves; `none` where it has no list that helps. */
  readonly listing: ListingName;
  /**
   * Whether the list says what can be chosen (`listing`), because no table can know it, or only adds to what the table says,
   * such as the day on which a model ends (`table`).
   */
  readonly offers: 'listing' | 'table';
  /** Ids that its list says to hear, wrongly. */
  readonly falselyHearing?: RegExp;
  /** Runs on this machine if at all: until somebody sets it up or it is seen running, it counts as not set up. */
  readonly mayBeAbsent?: boolean;
}
