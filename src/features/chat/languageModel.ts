import * as vscode from 'vscode';
import { type ContentBlock, type Message, text, type ToolCall } from '../../core/conversation.js';
import { EarshotError, toEarshotError } from '../../core/errors.js';
import type { AnswerEvent } from '../../providers/provider.js';
import type { TextModel } from '../../workflows/answerQuestion.js';

function flatten(messages: readonly Message[]): vscode.LanguageModelChatMessage[] {
  return messages.map((message) => {
    const content = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n\n');
    // VS Code's API knows no system role: instructions travel as the user's.
    return message.role === 'assistant'
      ? vscode.LanguageModelChatMessage.Assistant(content)
      : vscode.LanguageModelChatMessage.User(content);
  });
}

/** A model of VS Code's own picker, as somebody who reads transcripts. */
export function pickedModel(model: vscode.LanguageModelChat): TextModel {
  return {
    label: model.name,
    async *answer(messages, signal): AsyncGenerator<AnswerEvent> {
      const source = new vscode.CancellationTokenSource();
      const cancel = (): void => {
        source.cancel();
      };
      signal.addEventListener('abort', cancel, { once: true });
      try {
        const response = await model.sendRequest(flatten(messages), {}, source.token);
        for await (const part of response.text) yield { type: 'text', text: part };
      } catch (error) {
        if (signal.aborted) throw toEarshotError(new DOMException('Cancelled', 'AbortError'));
        throw new EarshotError(
          'vendor-failure',
          `${model.name} did not answer: ${error instanceof Error ? error.message : String(error)} Try again, or pick another model.`,
          { cause: error },
        );
      } finally {
        signal.removeEventListener('abort', cancel);
        source.dispose();
      }
    },
  };
}

const roles = {
  [vscode.LanguageModelChatMessageRole.User]: 'user',
  [vscode.LanguageModelChatMessageRole.Assistant]: 'assistant',
} as const;

/** What vendors want back with a call; VS Code's own parts have no place for it. Those of long ago are forgotten. */
const vendorTokens = new Map<string, string>();
const vendorTokenLimit = 500;

/** A call of the model's for VS Code to carry out. */
export function toolCallPart({ id, name, input, vendorToken }: ToolCall): vscode.LanguageModelToolCallPart {
  if (vendorToken !== undefined) {
    vendorTokens.set(id, vendorToken);
    for (const oldest of vendorTokens.keys()) {
      if (vendorTokens.size <= vendorTokenLimit) break;
      vendorTokens.delete(oldest);
    }
  }
  return new vscode.LanguageModelToolCallPart(id, name, { ...input });
}

function callBlock({ callId, name, input }: vscode.LanguageModelToolCallPart): ContentBlock {
  const vendorToken = vendorTokens.get(callId);
  const call = { id: callId, name, input: input as Readonly<Record<string, unknown>> };
  return { type: 'tool_call', tool_call: { ...call, ...(vendorToken === undefined ? {} : { vendorToken }) } };
}

/** What a part of a tool's result says to a model. */
export function resultText(part: unknown): string {
  if (part instanceof vscode.LanguageModelTextPart) return part.value;
  if (part instanceof vscode.LanguageModelDataPart) {
    return /^text\/|json/.test(part.mimeType) ? new TextDecoder().decode(part.data) : `(${part.mimeType}, not shown)`;
  }
  return JSON.stringify(part instanceof vscode.LanguageModelPromptTsxPart ? part.value : part);
}

function blockOf(part: unknown, toolNames: ReadonlyMap<string, string>): ContentBlock | undefined {
  if (part instanceof vscode.LanguageModelTextPart) return text(part.value);
  if (part instanceof vscode.LanguageModelToolCallPart) return callBlock(part);
  if (part instanceof vscode.LanguageModelToolResultPart) {
    const { callId, content } = part;
    const name = toolNames.get(callId) ?? 'tool';
    return { type: 'tool_result', tool_result: { callId, name, text: content.map(resultText).join('\n') } };
  }
  if (part instanceof vscode.LanguageModelDataPart && part.mimeType.startsWith('image/')) {
    return { type: 'image', image: { data: part.data, mediaType: part.mimeType } };
  }
  return undefined;
}

/** VS Code's messages in our form. Parts that no model of ours understands are left out. */
export function messagesOf(requests: readonly vscode.LanguageModelChatRequestMessage[]): Message[] {
  const calls = requests
    .flatMap(({ content }) => content)
    .filter((part) => part instanceof vscode.LanguageModelToolCallPart);
  const toolNames = new Map(calls.map(({ callId, name }) => [callId, name]));
  return requests.map((request) => ({
    // Roles beyond the published two (a system role is proposed) carry instructions.
    role: (roles as Partial<Record<number, 'user' | 'assistant'>>)[request.role] ?? 'system',
    content: request.content.map((part) => blockOf(part, toolNames)).filter((block) => block !== undefined),
  }));
}
