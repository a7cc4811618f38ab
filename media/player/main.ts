import './player.css';
import type { Channel } from '../../src/protocol/endpoint.js';
import { Player } from './player.js';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const vscode = acquireVsCodeApi();
const channel: Channel = {
  post: (message) => {
    vscode.postMessage(message);
  },
  listen: (listener) => {
    const received = (event: MessageEvent<unknown>): void => {
      listener(event.data);
    };
    window.addEventListener('message', received);
    return () => {
      window.removeEventListener('message', received);
    };
  },
};

new Player(document.body, channel);
