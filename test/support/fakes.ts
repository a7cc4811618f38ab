import type { Delivery } from '../../src/audio/delivery.js';
import type { AudioEngine, Piece, PrepareOptions } from '../../src/audio/engine.js';
import type { SoundAnalysis } from '../../src/audio/analyse/analyseSound.js';
import type { Probe, TimeRange } from '../../src/core/clip.js';
import { cautiousCapabilities, type Capabilities, type Model } from '../../src/core/model.js';
import type { Segment } from '../../src/core/transcript.js';
import type {
  AnswerEvent,
  AnswerRequest,
  Provider,
  Readiness,
  TranscriptionEvent,
  TranscriptionRequest,
} from '../../src/providers/provider.js';
import type { OpenClip, TranscriptShelf } from '../../src/workflows/ports.js';

export function aClip(name = 'interview.wav', bytes = new Uint8Array([1, 2, 3])): OpenClip {
  return { uri: `file:///${name}`, name, source: { kind: 'bytes', name, bytes } };
}

/** An engine that hands out prepared pieces and remembers what it was asked for. */
export class FakeEngine implements AudioEngine {
  readonly prepared: PrepareOptions[] = [];
  probed: Probe = { container: 'wav', codec: 'pcm-s16', byteLength: 3, durationSeconds: 20 };
  pieces: readonly Piece[] = [{ bytes: new Uint8Array([7]), format: 'wav', startSeconds: 0, endSeconds: 20 }];

  probe(): Promise<Probe> {
    return Promise.resolve(this.probed);
  }

  async *prepare(_source: unknown, options: PrepareOptions): AsyncGenerator<Piece> {
    this.prepared.push(options);
    for (const piece of this.pieces) yield await Promise.resolve(piece);
  }

  /** Names of clips in which there is nothing to hear. */
  silent: readonly string[] = [];
  planned: Delivery = { way: 'as-it-is', format: 'wav', reason: 'sent as it is', partCount: 1 };

  plan(): Promise<Delivery> {
    return Promise.resolve(this.planned);
  }

  isSilent: AudioEngine['isSilent'] = ({ name }) => Promise.resolve(this.silent.includes(name));

  /** Where somebody speaks. */
  speech: readonly TimeRange[] = [];

  analyse(): Promise<SoundAnalysis> {
    return Promise.resolve({
      durationSeconds: this.probed.durationSeconds ?? 0,
      speech: this.speech,
      speechSeconds: 0,
      silences: [],
      peaks: [],
      loudestDecibels: -20,
      isEffectivelySilent: false,
      samplePeakDecibels: -3,
      clippedSampleCount: 0,
      problems: [],
    });
  }

  sha256(): Promise<string> {
    return Promise.resolve('cd'.repeat(32));
  }
}

export function aModel(provider: string, id: string, capabilities: Partial<Capabilities>): Model {
  return {
    ref: { provider, model: id },
    label: id,
    capabilities: { ...cautiousCapabilities, chat: false, ...capabilities },
  };
}

/** A provider that answers from scripts and remembers every request. */
export class FakeProvider implements Provider {
  readonly name: string;
  readonly label: string;
  readonly isLocal = false;
  readonly transcriptions: TranscriptionRequest[] = [];
  readonly questions: AnswerRequest[] = [];
  state: Readiness = { state: 'ready', detail: '' };
  known: readonly Model[];
  /** One list of events per request; an Error in it is thrown at that place. */
  transcriptionScripts: (readonly (TranscriptionEvent | Error)[])[] = [];
  answerScripts: (readonly (AnswerEvent | Error)[])[] = [];

  constructor(name: string, known: readonly Model[]) {
    this.name = name;
    this.label = name;
    this.known = known;
  }

  readiness(): Promise<Readiness> {
    return Promise.resolve(this.state);
  }

  models(): Promise<readonly Model[]> {
    return Promise.resolve(this.known);
  }

  knownModels(): readonly Model[] {
    return this.known;
  }

  model(id: string): Promise<Model> {
    return Promise.resolve(this.known.find(({ ref }) => ref.model === id) ?? aModel(this.name, id, { chat: true }));
  }

  async *transcribe(request: TranscriptionRequest): AsyncGenerator<TranscriptionEvent> {
    this.transcriptions.push(request);
    for (const event of this.transcriptionScripts.shift() ?? []) {
      if (event instanceof Error) throw event;
      yield await Promise.resolve(event);
    }
  }

  async *converse(request: AnswerRequest): AsyncGenerator<AnswerEvent> {
    this.questions.push(request);
    for (const event of this.answerScripts.shift() ?? []) {
      if (event instanceof Error) throw event;
      yield await Promise.resolve(event);
    }
  }
}

export class FakeShelf implements TranscriptShelf {
  readonly kept = new Map<string, readonly Segment[]>();

  find(_clip: OpenClip, sha256: string): Promise<readonly Segment[] | undefined> {
    return Promise.resolve(this.kept.get(sha256));
  }

  keep(_clip: OpenClip, sha256: string, segments: readonly Segment[]): Promise<void> {
    this.kept.set(sha256, segments);
    return Promise.resolve();
  }
}

/** Resolves to what the work threw, so that a test can look at all of it. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('expected an error, and none was thrown');
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
