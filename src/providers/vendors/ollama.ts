import type { ModelRow } from '../modelRows.js';
import { modelTables } from './modelTables.js';

/** Who can be asked in the wire format of Ollama. */
export interface OllamaVendor {
  readonly rows: readonly ModelRow[];
  readonly baseUrl: string;
  /** The context that the server gives a model where nobody asks for more, at its least. In tokens. */
  readonly usualContextTokens: number;
}

export const ollamaVendor: OllamaVendor = {
  rows: modelTables.ollama,
  baseUrl: 'http://127.0.0.1:11434',
  usualContextTokens: 4096,
};
