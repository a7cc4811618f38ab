import { createTimeSlice } from '../timeSlice.js';
import { describeFailure, serializeError } from '../workerProtocol.js';
import type { EncoderAsk, EncoderServerPort } from './encoderProtocol.js';
import { createSoundEncoder } from './soundEncoder.js';
import type { LoadWasm, SoundEncoder } from './soundEncoder.js';

type Task = Exclude<EncoderAsk, { type: 'close' }>;

/** Encodes in order, one recording after the other as their samples come; a `close` overtakes what waits. */
export function serveEncoder(port: EncoderServerPort, loadWasm: LoadWasm): void {
  const encoders = new Map<number, SoundEncoder>();
  const closed = new Set<number>();
  let tasks: Task[] = [];
  let isRunning = false;

  async function perform(task: Task): Promise<void> {
    const { id } = task;
    if (task.type === 'open') {
      const encoder = await createSoundEncoder(task.encoding, loadWasm);
      if (closed.has(id)) encoder.free();
      else encoders.set(id, encoder);
      return;
    }
    const encoder = encoders.get(id);
    if (encoder === undefined) return;
    if (task.type === 'encode') {
      const { samples, sampleCount } = task;
      encoder.encode(samples.subarray(0, sampleCount));
      port.postMessage({ type: 'encoded', id, samples, sampleCount }, [samples.buffer]);
    } else {
      const bytes = encoder.finish();
      port.postMessage({ type: 'file', id, bytes }, [bytes.buffer]);
    }
  }

  function close(id: number): void {
    tasks = tasks.filter((task) => task.id !== id);
    encoders.get(id)?.free();
    encoders.delete(id);
  }

  async function run(): Promise<void> {
    const pauseWhenDue = createTimeSlice();
    isRunning = true;
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      try {
        await perform(task);
      } catch (error) {
        close(task.id);
        port.postMessage({ type: 'error', id: task.id, error: serializeError(describeFailure(error)) }, []);
      }
      await pauseWhenDue();
    }
    isRunning = false;
    closed.clear();
  }

  port.onMessage((ask) => {
    if (ask.type === 'close') {
      // Its encoder may be loading just now.
      if (isRunning) closed.add(ask.id);
      close(ask.id);
      return;
    }
    tasks.push(ask);
    if (!isRunning) void run();
  });
}
