import { isAlone } from './encoders/pieceMemory.js';
import type { AudioEngine, Piece } from './engine.js';
import { describeFailure, serializeError } from './workerProtocol.js';
import type { AudioAnswer, AudioPort } from './workerProtocol.js';

interface Call {
  readonly abort: AbortController;
  /** Present for `prepare` only. */
  readonly pieces?: AsyncIterator<Piece>;
}

/** Answers asks with an engine in this thread. Calls run side by side; each one is freed when it ends or is cancelled. */
export function serveAudioEngine(port: AudioPort, engine: AudioEngine): void {
  const calls = new Map<number, Call>();

  const answer = async (id: number, work: Promise<AudioAnswer>): Promise<void> => {
    try {
      const message = await work;
      if (message.type !== 'piece') calls.delete(id);
      port.postMessage(message, transferables(message));
    } catch (error) {
      calls.delete(id);
      port.postMessage({ type: 'error', id, error: serializeError(describeFailure(error)) }, []);
    }
  };
  const begin = (id: number): AbortSignal => {
    const abort = new AbortController();
    calls.set(id, { abort });
    return abort.signal;
  };
  const nextPiece = async (id: number, pieces: AsyncIterator<Piece>): Promise<AudioAnswer> => {
    const result = await pieces.next();
    return result.done === true ? { type: 'end', id } : { type: 'piece', id, piece: result.value };
  };
  const cancel = (id: number): void => {
    const call = calls.get(id);
    calls.delete(id);
    call?.abort.abort();
    // Between two pieces nothing runs that could hear the signal: the file is closed by ending the iteration.
    void call?.pieces?.return?.().catch(() => undefined);
  };

  port.onMessage((ask) => {
    const { id } = ask;
    switch (ask.type) {
      case 'ping':
        port.postMessage({ type: 'pong', id }, []);
        break;
      case 'probe':
        void answer(
          id,
          engine.probe(ask.source, begin(id)).then((probe) => ({ type: 'probe', id, probe })),
        );
        break;
      case 'sha256':
        void answer(
          id,
          engine.sha256(ask.source, begin(id)).then((sha256) => ({ type: 'sha256', id, sha256 })),
        );
        break;
      case 'plan':
        void answer(
          id,
          engine.plan(ask.source, ask.options, begin(id)).then((plan) => ({ type: 'plan', id, plan })),
        );
        break;
      case 'analyse':
        void answer(
          id,
          engine.analyse(ask.source, ask.options, begin(id)).then((analysis) => ({ type: 'analyse', id, analysis })),
        );
        break;
      case 'isSilent':
        void answer(
          id,
          engine.isSilent(ask.source, ask.options, begin(id)).then((isSilent) => ({ type: 'isSilent', id, isSilent })),
        );
        break;
      case 'prepare': {
        const abort = new AbortController();
        calls.set(id, { abort, pieces: engine.prepare(ask.source, ask.options, abort.signal)[Symbol.asyncIterator]() });
        break;
      }
      case 'next': {
        const pieces = calls.get(id)?.pieces;
        void answer(id, pieces === undefined ? Promise.resolve({ type: 'end', id }) : nextPiece(id, pieces));
        break;
      }
      case 'cancel':
        cancel(id);
        break;
    }
  });
}

function transferables(message: AudioAnswer): ArrayBuffer[] {
  if (message.type === 'piece') return transferable(message.piece.bytes);
  if (message.type !== 'analyse') return [];
  return message.analysis.peaks.flatMap(({ minimum, maximum, rms }) => [minimum, maximum, rms].flatMap(transferable));
}

/** Only a buffer that holds nothing else may be handed over. */
function transferable(view: ArrayBufferView): ArrayBuffer[] {
  return view.buffer instanceof ArrayBuffer && isAlone(view) ? [view.buffer] : [];
}
