import type { ModelRow } from '../modelRows.js';
import { modelTables } from './modelTables.js';

/** Who can be asked in the wire format of Anthropic's Messages API. */
export interface AnthropicVendor {
  readonly rows: readonly ModelRow[];
  readonly baseUrl: string;
  readonly keyPage: string;
  /** What an answer may have where nobody says how much the model gives. */
  readonly maxOutputTokens: number;
}

export const anthropicVendor: AnthropicVendor = {
  rows: modelTables.anthropic,
  baseUrl: 'https://api.anthropic.com',
  keyPage: 'https://console.anthropic.com/settings/keys',
  maxOutputTokens: 8192,
};
