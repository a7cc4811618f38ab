import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { configure } from './stage.js';

describe('The proxy of VS Code’s settings', () => {
  it('is what requests to the outside go through', async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    await configure('http.proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    await configure('earshot.providers', {
      far: { kind: 'openai-compatible', label: 'Far away', baseUrl: 'https://api.far.example/v1' },
    });
    try {
      const page = await vscode.commands.executeCommand<string>('earshot.checkProviders');
      assert.match(page, /## Far away: ✗ not reachable/);
      assert.ok(asked.includes('api.far.example:443'), `the proxy was asked for: ${asked.join(', ')}`);
    } finally {
      await configure('earshot.providers', undefined);
      await configure('http.proxy', undefined);
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});
