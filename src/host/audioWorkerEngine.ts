import { createHash } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { sourceFromBytes } from '../audio/byteSource.js';
import { createAudioEngine } from '../audio/createAudioEngine.js';
import type { LoadWasm } from '../audio/encoders/soundEncoder.js';
import { createUrlOpener } from '../audio/url/openUrl.js';
import { serveAudioEngine } from '../audio/workerServer.js';
import { createEncoderThread } from './encoderThread.js';
import { findFfmpeg, openWithFfmpeg } from './ffmpeg.js';
import type { FfmpegChoice } from './ffmpeg.js';
import { openFile } from './fileSource.js';
import { isPrivateHost } from './privateHosts.js';

export interface NodeEngineOptions {
  readonly loadWasm: LoadWasm;
  readonly ffmpeg: FfmpegChoice;
  readonly coreCount: number;
  /** The entry of the encoding thread. */
  readonly encoderUrl: URL;
}

/** The engine with Node's files and digests, ffmpeg if it is there, and a second thread to encode if there is a core for it. */
export function serveNodeEngine(port: MessagePort, options: NodeEngineOptions): void {
  const { loadWasm, coreCount, encoderUrl } = options;
  const encoders = coreCount > 1 ? createEncoderThread(encoderUrl) : undefined;
  const ffmpeg = findFfmpeg(options.ffmpeg);
  const openUrl = createUrlOpener({ fetch: (url, init) => fetch(url, init), isPrivateHost });
  const engine = createAudioEngine({
    open: (source, signal) => {
      switch (source.kind) {
        case 'file':
          return openFile(source.name, source.path);
        case 'bytes':
          return Promise.resolve(sourceFromBytes(source.name, source.bytes));
        case 'url':
          return openUrl(source, signal);
      }
    },
    createSha256: () => {
      const hash = createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
    },
    loadWasm,
    ...(encoders === undefined ? {} : { openEncoder: (encoding) => encoders.open(encoding) }),
    findForeign: async (source) => {
      // It would have to be let onto the network.
      if (source.kind === 'url') return undefined;
      const program = await ffmpeg;
      return program === undefined ? undefined : (wish, signal) => openWithFfmpeg(program, source, wish, signal);
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
}
