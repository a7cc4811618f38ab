import * as vscode from 'vscode';
import { type ContentBlock, type Message, text } from '../../core/conversation.js';
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

function blockOf(part: unknown): ContentBlock | undefined {
  if (part instanceof vscode.LanguageModelTextPart) return text(part.value);
  if (part instanceof vscode.LanguageModelDataPart && part.mimeType.startsWith('image/')) {
    return { type: 'image', image: { data: part.data, mediaType: part.mimeType } };
  }
  return undefined;
}

/** VS Code's messages in our form. Parts that no model of ours understands are left out. */
export function messagesOf(requests: readonly vscode.LanguageModelChatRequestMessage[]): Message[] {
  return requests.map((request) => ({
    // Roles beyond the published two (a system role is proposed) carry instructions.
    role: (roles as Partial<Record<number, 'user' | 'assistant'>>)[request.role] ?? 'system',
    content: request.content.map(blockOf).filter((block) => block !== undefined),
  }));
}
