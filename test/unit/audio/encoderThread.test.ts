import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { openLocalEncoder } from '../../../src/audio/encoders/encoderLink.js';
import type { EncoderAnswer, EncoderAsk } from '../../../src/audio/encoders/encoderProtocol.js';
import { serveEncoder } from '../../../src/audio/encoders/encoderServer.js';
import { connectEncoders } from '../../../src/audio/encoders/remoteEncoders.js';
import { errorOf, loadWasm } from './support/sources.js';
import { noise } from './support/signals.js';

const encoding = { codec: 'mp3', kilobitsPerSecond: 32 } as const;
let channel: MessageChannel | undefined;

function connect(serve = true): { remote: ReturnType<typeof connectEncoders>; crash: (error: unknown) => void } {
  channel = new MessageChannel();
  const { port1, port2 } = channel;
  if (serve) {
    serveEncoder(
      {
        postMessage: (answer, transfer) => {
          port2.postMessage(answer, [...transfer]);
        },
        onMessage: (listener) => {
          port2.on('message', (ask: EncoderAsk) => {
            listener(ask);
          });
        },
      },
      loadWasm,
    );
  }
  let crash: (error: unknown) => void = () => undefined;
  const remote = connectEncoders({
    postMessage: (ask, transfer) => {
      port1.postMessage(ask, [...transfer]);
    },
    onMessage: (listener) => {
      port1.on('message', (answer: EncoderAnswer) => {
        listener(answer);
      });
    },
    onEnd: (listener) => {
      crash = listener;
    },
  });
  return {
    remote,
    crash: (error) => {
      crash(error);
    },
  };
}

afterEach(() => {
  channel?.port1.close();
});

describe('encoding in another thread', () => {
  it('makes the same files as in this thread, one after the other', async () => {
    const local = await openLocalEncoder(encoding, loadWasm);
    const link = connect().remote.open(encoding);
    for (const seed of [1, 2]) {
      await local.encode(noise(48_000, 0.5, seed));
      await link.encode(noise(48_000, 0.5, seed));
      expect(await link.finish()).toEqual(await local.finish());
    }
    link.close();
  });

  it('lets decoding run ahead only so far', async () => {
    const link = connect(false).remote.open(encoding);
    let taken = 0;
    const pump = (async () => {
      for (;;) {
        await link.encode(new Float32Array(16_000));
        taken++;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(taken).toBe(32);
    link.close();
    expect((await errorOf(pump)).reason).toBe('cancelled');
  });

  it('sends long sound in parts, and the next in the memory that came back', async () => {
    const asks: (EncoderAsk & { type: 'encode' })[] = [];
    let listen: (answer: EncoderAnswer) => void = () => undefined;
    const remote = connectEncoders({
      postMessage: (ask) => {
        if (ask.type === 'encode') asks.push(ask);
      },
      onMessage: (listener) => {
        listen = listener;
      },
      onEnd: () => undefined,
    });
    const link = remote.open(encoding);
    const samples = noise(60_000, 0.5);
    await link.encode(samples);
    const sent = asks.flatMap((ask) => [...ask.samples.subarray(0, ask.sampleCount)]);
    expect(Float32Array.from(sent)).toEqual(samples);
    const [first] = asks.splice(0);
    if (first === undefined) throw new Error('Nothing was sent.');
    listen({ ...first, type: 'encoded' });
    await link.encode(samples.subarray(0, 100));
    expect(asks[0]?.samples).toBe(first.samples);
    expect([...first.samples.subarray(0, asks[0]?.sampleCount)]).toEqual([...samples.subarray(0, 100)]);
    link.close();
  });

  it('tells everyone when the thread dies, and that nothing more can be opened', async () => {
    const { remote, crash } = connect(false);
    const files = [remote.open(encoding), remote.open(encoding)].map((link) => errorOf(link.finish()));
    crash(new TypeError('Broken on purpose.'));
    for (const error of await Promise.all(files)) {
      expect(error.reason).toBe('bug');
      expect(error.detail).toContain('Broken on purpose.');
    }
    expect(remote.hasEnded).toBe(true);
  });
});
