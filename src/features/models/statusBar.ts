import * as vscode from 'vscode';
import { formatModelRef, type ModelRef } from '../../core/model.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { onDidChangeSettings, readSettings } from '../../host/settings.js';

function nameOf(read: () => ModelRef | undefined): string {
  try {
    const ref = read();
    return ref === undefined ? 'auto' : formatModelRef(ref);
  } catch {
    return 'not understood';
  }
}

/** Says which models the settings name for what is open, and changes them on a click. Asks no server. */
export function createStatusBar(services: Services): readonly { dispose(): unknown }[] {
  const item = vscode.window.createStatusBarItem('earshot.model', vscode.StatusBarAlignment.Right, 90);
  item.name = 'Earshot: Audio Model';
  item.command = commandIds.selectModel;
  const update = (): void => {
    const settings = readSettings(vscode.window.activeTextEditor?.document.uri);
    const answers = nameOf(settings.model);
    const transcribes = nameOf(settings.transcriptionModel);
    const short = answers === 'auto' ? 'auto' : answers.slice(answers.indexOf(':') + 1);
    item.text = `$(unmute) ${short}`;
    item.accessibilityInformation = { label: `Audio model: ${answers}`, role: 'button' };
    const tooltip = new vscode.MarkdownString();
    tooltip.appendMarkdown('**Earshot** — click to select audio models\n\n');
    tooltip.appendMarkdown('Answers: ');
    tooltip.appendText(answers);
    tooltip.appendMarkdown('  \nTranscribes: ');
    tooltip.appendText(transcribes);
    item.tooltip = tooltip;
    item.show();
  };
  update();
  return [
    item,
    onDidChangeSettings(update),
    services.onDidChangeModels(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  ];
}
