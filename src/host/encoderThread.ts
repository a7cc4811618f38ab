import { Worker } from 'node:worker_threads';
import type { EncoderLink } from '../audio/encoders/encoderLink.js';
import type { EncoderAnswer } from '../audio/encoders/encoderProtocol.js';
import { connectEncoders } from '../audio/encoders/remoteEncoders.js';
import type { RemoteEncoders } from '../audio/encoders/remoteEncoders.js';
import type { Encoding } from '../audio/encoders/soundEncoder.js';

/** Samples and WebAssembly lie outside of it. */
const heapMegabytes = 128;

/** The thread that encodes while this one decodes: started when it is needed, and again when it has died. */
export function createEncoderThread(
  workerUrl: URL,
  idleMilliseconds = 10_000,
): { open(encoding: Encoding): Promise<EncoderLink> } {
  let current: RemoteEncoders | undefined;

  function start(): RemoteEncoders {
    const worker = new Worker(workerUrl, {
      execArgv: [],
      workerData: { role: 'encoder' },
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 8 },
    });
    const remote = connectEncoders({
      postMessage: (ask, transfer) => {
        worker.postMessage(ask, transfer);
      },
      onMessage: (listener) =>
        worker.on('message', (answer: EncoderAnswer) => {
          listener(answer);
        }),
      onEnd: (listener) => {
        worker.once('error', listener);
        worker.once('exit', (code) => {
          listener(new Error(`The encoding thread ended with code ${code}.`));
        });
      },
    });
    stopWhenIdle(worker, remote);
    return remote;
  }

  function stopWhenIdle(worker: Worker, remote: RemoteEncoders): void {
    let idleSince = performance.now();
    const timer = setInterval(() => {
      if (remote.openCount > 0) idleSince = performance.now();
      if (!remote.hasEnded && performance.now() - idleSince < idleMilliseconds) return;
      clearInterval(timer);
      if (current === remote) current = undefined;
      void worker.terminate();
    }, idleMilliseconds / 4);
    timer.unref();
    worker.unref();
  }

  return {
    open(encoding) {
      if (current === undefined || current.hasEnded) current = start();
      return Promise.resolve(current.open(encoding));
    },
  };
}
