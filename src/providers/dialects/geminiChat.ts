import type { FunctionCallingConfigMode, GenerateContentConfig, GenerateContentParameters } from '@google/genai/web';
import { wordsOf } from '../../core/conversation.js';
import type { AnswerRequest, JsonSchema } from '../provider.js';
import { geminiRules } from './schemaRules.js';
import { schemaSubset } from './schemaSubset.js';
import { encodeContents, noStoredClips, type StoredClips } from './geminiParts.js';

/**
 * What every request has: an answer that reaches its limit ends there, and is not silently asked for again and paid for
 * again; tools are called by us.
 */
export const alwaysConfig = {
  automaticContinuation: false,
  automaticFunctionCalling: { disable: true },
} as const satisfies GenerateContentConfig;

const callingModes = { auto: 'AUTO', required: 'ANY', none: 'NONE' } as const;

/** The part of a schema that this wire knows. */
function wireSchema(given: JsonSchema): Record<string, unknown> {
  return { ...schemaSubset(given, geminiRules).schema };
}

function encodeTools({ tools = [], toolChoice = 'auto' }: AnswerRequest): GenerateContentConfig {
  if (tools.length === 0) return {};
  return {
    tools: [
      {
        functionDeclarations: tools.map(({ name, description, inputSchema }) => ({
          name,
          description,
          parametersJsonSchema: wireSchema(inputSchema),
        })),
      },
    ],
    // The value of the enumeration would load the SDK.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
    toolConfig: { functionCallingConfig: { mode: callingModes[toolChoice] as FunctionCallingConfigMode } },
  };
}

/** The same conversation always gives the same beginning, so that the vendor finds it in its own cache when it goes on. */
export function encodeGeminiChat(
  request: AnswerRequest,
  stored: StoredClips = noStoredClips,
): GenerateContentParameters & { readonly config: GenerateContentConfig } {
  const system = request.messages
    .filter(({ role }) => role === 'system')
    .flatMap(({ content }) => content.map(wordsOf))
    .filter((text) => text !== '');
  return {
    model: request.model,
    contents: encodeContents(request.messages, stored),
    config: {
      ...alwaysConfig,
      ...(system.length === 0 ? {} : { systemInstruction: { parts: system.map((text) => ({ text })) } }),
      ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
      ...encodeTools(request),
      ...(request.jsonSchema === undefined
        ? {}
        : { responseMimeType: 'application/json', responseJsonSchema: wireSchema(request.jsonSchema.schema) }),
    },
  };
}
