import type { GeminiWireVendor } from '../geminiWireVendor.js';
import { modelTables } from './modelTables.js';

export const geminiVendor: GeminiWireVendor = {
  rows: modelTables.gemini,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyPage: 'https://aistudio.google.com/apikey',
  // A request may have 100 MB since 2026; above the older limit of 20 MB a file that goes up in pieces, with progress, is the
  // better way, and spares the machine a text a third longer than the recording.
  inlineByteLength: 15_000_000,
};
