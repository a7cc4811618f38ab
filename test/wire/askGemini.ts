import type { ContentBlock } from '../../src/core/conversation.js';
import type { Provider } from '../../src/providers/provider.js';
import { geminiKey, type GeminiServer } from '../support/geminiServer/server.ts';
import { aProvider, WireContext } from './askServer.ts';

export class GeminiContext extends WireContext {
  override key: string | undefined = geminiKey;
}

export function geminiOf(
  server: GeminiServer,
  context: WireContext,
  more: Readonly<Record<string, unknown>> = {},
): Provider {
  return aProvider({ kind: 'gemini', baseUrl: server.baseUrl, label: 'Bench', ...more }, context);
}

export function wavBlock(data: Uint8Array): ContentBlock {
  return { type: 'input_audio', input_audio: { data, format: 'wav' } };
}
