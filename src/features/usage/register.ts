import * as vscode from 'vscode';
import { ledgerCsv, ledgerMarkdown } from '../../core/ledger.js';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { readSpendingRules } from '../../host/settings.js';

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
export function registerUsage(services: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.showUsage, services.log, async () => {
      const entries = await services.usageLog.entries();
      const markdown = ledgerMarkdown(entries, services.now(), readSpendingRules().monthlyLimitDollars);
      await services.reports.show('Usage and Cost', markdown);
      const exportIt = 'Export as CSV…';
      if (entries.length === 0) return;
      // Not waited for: the page is what was asked for.
      void vscode.window
        .showInformationMessage('The same, request by request, as a spreadsheet?', exportIt)
        .then((choice) => (choice === exportIt ? exportCsv(services) : undefined));
    }),
  ];
}
