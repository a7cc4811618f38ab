import type { OpenaiWireVendor } from '../openaiWireVendor.js';
import { modelTables } from './modelTables.js';

export const openaiVendor: OpenaiWireVendor = {
  rows: modelTables.openai,
  baseUrl: 'https://api.openai.com/v1',
  needsKey: true,
  keyPage: 'https://platform.openai.com/api-keys',
  listsModels: false,
};
