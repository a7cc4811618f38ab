import * as vscode from 'vscode';
import { ledgerCsv, ledgerMarkdown } from '../../core/ledger.js';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { readSpendingRules } from '../../host/settings.js';

const scheme = 'earshot-usage';
const document = vscode.Uri.from({ scheme, path: '/Usage and Cost.md' });

async function exportCsv(services: Services): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `earshot-usage-${services.now().toISOString().slice(0, 10)}.csv`;
  const target = await vscode.window.showSaveDialog({
    filters: { 'Comma-separated values': ['csv'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (target === undefined) return;
  const text = ledgerCsv(await services.usageLog.entries());
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(target);
}

/** Totals by day, provider and model as a readable page, and a way to take them elsewhere. */
export function registerUsage(services: Services): readonly { dispose(): unknown }[] {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return [
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async () =>
        ledgerMarkdown(await services.usageLog.entries(), services.now(), readSpendingRules().monthlyLimitDollars),
    }),
    registerCommand(commandIds.showUsage, services.log, async () => {
      changed.fire(document);
      await vscode.commands.executeCommand('markdown.showPreview', document);
      const exportIt = 'Export as CSV…';
      // Not waited for: the page is what was asked for.
      void vscode.window.showInformationMessage('Usage and cost as a spreadsheet?', exportIt).then(async (choice) => {
        if (choice === exportIt) await exportCsv(services);
      });
    }),
  ];
}
