import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { sourceFromBytes } from '../audio/byteSource.js';
import { createAudioEngine } from '../audio/createAudioEngine.js';
import { serveAudioEngine } from '../audio/workerServer.js';
import { openFile } from './fileSource.js';

/** The audio worker's entry: the engine with Node's files and digests. */
if (parentPort === null) throw new Error('This file is the entry of a worker.');
const port = parentPort;

const engine = createAudioEngine({
  open: (source) =>
    source.kind === 'file'
      ? openFile(source.name, source.path)
      : Promise.resolve(sourceFromBytes(source.name, source.bytes)),
  createSha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
});

serveAudioEngine(
  {
    postMessage: (answer, transfer) => {
      port.postMessage(answer, transfer);
    },
    onMessage: (listener) => port.on('message', listener),
  },
  engine,
);
