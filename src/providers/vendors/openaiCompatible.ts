import type { OpenaiWireVendor } from '../openaiWireVendor.js';
import { modelTables } from './modelTables.js';

export const openaiCompatibleVendor: OpenaiWireVendor = {
  rows: modelTables.openaiCompatible,
  needsKey: false,
  listsModels: true,
};
