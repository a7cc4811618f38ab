import type { OpenaiWireVendor } from '../openaiWireVendor.js';
import { modelTables } from './modelTables.js';

export const openaiVendor: OpenaiWireVendor = {
  label: 'OpenAI',
  rows: modelTables.openai,
  traits: {
    chat: { maxTokensField: 'max_completion_tokens', keepsSpokenReplies: true },
    speech: { pcmSampleRate: 24_000 },
  },
  baseUrl: 'https://api.openai.com/v1',
  needsKey: true,
  keyPage: 'https://platform.openai.com/api-keys',
  listing: 'openai',
  offers: 'table',
};
