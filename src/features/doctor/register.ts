import * as vscode from 'vscode';
import { signalOf } from '../../host/cancellation.js';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { checkProviders, type SpokenProbe } from '../../workflows/checkProviders.js';
import { providerReport } from '../../workflows/providerReport.js';

const probeName = 'one-two-three.mp3';

async function readProbe(extensionUri: vscode.Uri): Promise<SpokenProbe> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'media', 'check', probeName));
  return {
    source: { kind: 'bytes', name: probeName, bytes },
    words: [
      ['one', '1'],
      ['two', '2'],
      ['three', '3'],
    ],
  };
}

async function report(services: Services, extensionUri: vscode.Uri, listens: boolean): Promise<string> {
  const probe = listens ? await readProbe(extensionUri) : undefined;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Checking providers', cancellable: true },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const checks = await checkProviders(services.providers(), probe, services, signal, (message) => {
          progress.report({ message });
        });
        const keys = await services.keys.list();
        return services.log.redact(providerReport(checks, keys, services.lastFailure, services.now()));
      } finally {
        dispose();
      }
    },
  );
}

/** What works, what does not, and how to mend it, on one page. Resolves to its text. */
export function registerDoctor(services: Services, extensionUri: vscode.Uri): readonly vscode.Disposable[] {
  const check = async (listens: boolean): Promise<string> => {
    const markdown = await report(services, extensionUri, listens);
    await services.reports.show('Check Providers', markdown);
    const listen = 'Let the Models Listen';
    if (!listens) {
      // Not waited for: the page is what was asked for.
      void vscode.window
        .showInformationMessage(
          'Try the models that are ready with one second of speech? It may cost a fraction of a cent.',
          listen,
        )
        .then((choice) => (choice === listen ? check(true) : undefined));
    }
    return markdown;
  };
  return [registerCommand(commandIds.checkProviders, services.log, (listens) => check(listens === true))];
}
