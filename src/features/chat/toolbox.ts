import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.js';
import type { Services } from '../../host/services.js';
import type { JsonSchema } from '../../providers/provider.js';
import type { Toolbox } from '../../workflows/converseWithTools.js';
import { resultText } from './languageModel.js';

const denied =
  'The user did not allow this call. Do not try it again: go on without it, or say what cannot be done without it.';

/** What every vendor takes as the name of a tool. */
function plainName(name: string): string {
  return name.replaceAll(/[^\w-]/g, '_').slice(0, 64);
}

/**
 * The tools that the user named in the question, and no others. VS Code shows each call in the chat, and asks the user where
 * the tool wants that.
 */
export function toolboxOf(
  { toolReferences, toolInvocationToken }: vscode.ChatRequest,
  token: vscode.CancellationToken,
  { log }: Pick<Services, 'log'>,
): Toolbox | undefined {
  const named = new Set(toolReferences.map(({ name }) => name));
  const tools = new Map(
    vscode.lm.tools.filter(({ name }) => named.has(name)).map((tool) => [plainName(tool.name), tool]),
  );
  if (tools.size === 0) return undefined;
  return {
    tools: [...tools].map(([name, { description, inputSchema }]) => ({
      name,
      description,
      inputSchema: (inputSchema ?? { type: 'object', properties: {} }) as JsonSchema,
    })),
    callTool: async ({ name, input }, signal) => {
      const tool = tools.get(name)?.name ?? name;
      log.info(`The model calls the tool ${tool}`);
      try {
        const { content } = await vscode.lm.invokeTool(tool, { input: { ...input }, toolInvocationToken }, token);
        return { text: content.map(resultText).join('\n') };
      } catch (error) {
        if (signal.aborted) throw cancelled();
        const message = error instanceof Error ? error.message : String(error);
        // Over the border between processes the class of the error is lost, and its name stays.
        const isDenied =
          error instanceof Error && (error instanceof vscode.CancellationError || error.name === 'Canceled');
        if (isDenied || message === 'Canceled') return { text: denied, isError: true };
        log.warn(`The tool ${tool} failed: ${message}`);
        return { text: `The tool failed: ${log.redact(message)}`, isError: true };
      }
    },
  };
}
