import * as vscode from 'vscode';

/** Pages that are made, not stored: shown as Markdown. */
export interface Reports {
  /** @param title Of the tab. */
  readonly show: (title: string, markdown: string) => Promise<void>;
  readonly dispose: () => void;
}

export const reportScheme = 'earshot-report';

export function createReports(): Reports {
  const pages = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(reportScheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => pages.get(uri.path) ?? '',
  });
  return {
    show: async (title, markdown) => {
      const uri = vscode.Uri.from({ scheme: reportScheme, path: `/${title}.md` });
      pages.set(uri.path, markdown);
      changed.fire(uri);
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    },
    dispose: () => {
      provider.dispose();
      changed.dispose();
    },
  };
}
