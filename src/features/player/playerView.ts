import * as vscode from 'vscode';
import { viewIds } from '../../host/ids.js';
import { createEndpoint } from '../../protocol/endpoint.js';
import type { Endpoint, Handlers } from '../../protocol/endpoint.js';
import type { PlayerHost, PlayerView } from '../../protocol/player.js';
import { pageOf } from './page.js';

/** The view of the player, which VS Code makes when it is first shown, and anew when it is moved. */
export interface PlayerViewHost {
  readonly dispose: () => void;
  /** Brings it into sight without taking the focus; resolves when there is a page. */
  show(): Promise<void>;
  /** The way to the page; undefined while there is none. */
  readonly endpoint: Endpoint<PlayerView> | undefined;
}

/** @param begun is called for every page that begins, before it asks anything. */
export function createPlayerView(
  extensionUri: vscode.Uri,
  handlers: Handlers<PlayerHost>,
  begun: () => void,
): PlayerViewHost {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'media');
  let current: { readonly view: vscode.WebviewView; readonly endpoint: Endpoint<PlayerView> } | undefined;
  let resolved: (() => void) | undefined;
  let whenResolved = new Promise<void>((resolve) => {
    resolved = resolve;
  });

  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView: (view) => {
      const { webview } = view;
      webview.options = { enableScripts: true, localResourceRoots: [folder] };
      const endpoint = createEndpoint<PlayerHost, PlayerView>(
        {
          post: (message) => void webview.postMessage(message),
          listen: (listener) => {
            const subscription = webview.onDidReceiveMessage(listener);
            return () => {
              subscription.dispose();
            };
          },
        },
        handlers,
      );
      current?.endpoint.dispose();
      current = { view, endpoint };
      begun();
      webview.html = pageOf(webview, folder, 'player', 'Player');
      view.onDidDispose(() => {
        endpoint.dispose();
        if (current?.view !== view) return;
        current = undefined;
        whenResolved = new Promise((resolve) => {
          resolved = resolve;
        });
      });
      resolved?.();
    },
  };
  const registration = vscode.window.registerWebviewViewProvider(viewIds.player, provider, {
    // It goes on sounding while another view is in front of it.
    webviewOptions: { retainContextWhenHidden: true },
  });

  return {
    get endpoint() {
      return current?.endpoint;
    },
    async show() {
      if (current !== undefined) current.view.show(true);
      else await vscode.commands.executeCommand(`${viewIds.player}.focus`, { preserveFocus: true });
      await whenResolved;
    },
    dispose() {
      registration.dispose();
      current?.endpoint.dispose();
    },
  };
}
