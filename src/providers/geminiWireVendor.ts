import type { ModelRow } from './modelRows.js';

/** Who can be asked in Gemini's wire format, as data. */
export interface GeminiWireVendor {
  readonly rows: readonly ModelRow[];
  /** With the version of the interface at its end; where it is, unless the settings say otherwise. */
  readonly baseUrl: string;
  /** Where a person gets a key. */
  readonly keyPage: string;
  /** As much audio as goes into the request itself, before base64; more is uploaded first. */
  readonly inlineByteLength: number;
}
