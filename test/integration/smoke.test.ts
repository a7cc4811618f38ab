import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { environment } from './environment.js';

describe('the extension in VS Code', () => {
  it('opens on the workspace it was given', () => {
    assert.equal(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath, environment.workspace);
  });

  it('activates', async () => {
    const extension = vscode.extensions.getExtension('earshot.earshot');
    assert.ok(extension, 'earshot.earshot is not installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
