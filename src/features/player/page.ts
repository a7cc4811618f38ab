import * as vscode from 'vscode';

/** The page of a view: nothing but its own script and style, and sound made of what it is handed over. */
export function pageOf(webview: vscode.Webview, folder: vscode.Uri, view: string, title: string): string {
  const nonce = crypto.randomUUID();
  const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    'media-src blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <link rel="stylesheet" href="${address(`${view}.css`)}" />
    <title>${title}</title>
  </head>
  <body>
    <script type="module" nonce="${nonce}" src="${address(`${view}.js`)}"></script>
  </body>
</html>`;
}
