import * as vscode from 'vscode';
import { toEarshotError } from '../../core/errors.js';
import { signalOf } from '../../host/cancellation.js';
import { confirmOutside } from '../../host/consent.js';
import { toolNames } from '../../host/ids.js';
import type { Listening } from '../../host/listening.js';
import type { Services } from '../../host/services.js';
import type { EarshotTool } from './earshotTool.js';
import { findTool } from './findTool.js';
import { askTool, extractTool, transcribeTool } from './listenTools.js';
import { speakTool } from './speakTool.js';

/** One of our tools as VS Code wants it: VS Code asks the user by what `plan` says, and nothing runs before. */
function asLanguageModelTool(tool: EarshotTool, services: Services): vscode.LanguageModelTool<unknown> {
  const during = async <Result>(
    token: vscode.CancellationToken,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    const { signal, dispose } = signalOf(token);
    try {
      return await work(signal);
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.reason === 'cancelled') throw new vscode.CancellationError();
      services.log.error(error);
      throw new Error(services.log.redact(error.message), { cause: thrown });
    } finally {
      dispose();
    }
  };
  return {
    prepareInvocation: ({ input }, token) =>
      during(token, async (signal) => {
        const { title, lines, progress, isHarmless } = await tool.plan(input, signal);
        // For files outside we ask ourselves, below: that question cannot be set to be answered by itself.
        if (isHarmless === true || (await tool.outside(input)).length > 0) return { invocationMessage: progress };
        const message = new vscode.MarkdownString(lines.join('\n\n'));
        return { invocationMessage: progress, confirmationMessages: { title, message } };
      }),
    invoke: ({ input }, token) =>
      during(token, async (signal) => {
        const outside = await tool.outside(input);
        if (outside.length > 0) {
          const { title, lines } = await tool.plan(input, signal);
          await confirmOutside(title, lines, outside);
        }
        const { text, data } = await tool.run(input, signal);
        return new vscode.LanguageModelToolResult([
          new vscode.LanguageModelTextPart(text),
          vscode.LanguageModelDataPart.json(data, 'application/json'),
        ]);
      }),
  };
}

export function registerTools(listening: Listening, services: Services): readonly { dispose(): unknown }[] {
  const tools: Readonly<Record<keyof typeof toolNames, EarshotTool>> = {
    transcribe: transcribeTool(listening, services),
    ask: askTool(listening, services),
    extract: extractTool(listening, services),
    find: findTool(),
    speak: speakTool(listening, services),
  };
  return (Object.keys(toolNames) as (keyof typeof toolNames)[]).map((key) =>
    vscode.lm.registerTool(toolNames[key], asLanguageModelTool(tools[key], services)),
  );
}
