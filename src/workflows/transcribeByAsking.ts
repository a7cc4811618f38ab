import { EarshotError } from '../core/errors.js';
import type { Capabilities } from '../core/model.js';
import type { Segment } from '../core/transcript.js';
import type { AnswerEvent, TranscriptionEvent, TranscriptionRequest } from '../providers/provider.js';
import { converse } from './answerQuestion.js';
import { AskedTranscript } from './askedTranscript.js';
import type { ChosenModel } from './chooseModel.js';
import { askAgain, askForRest, askForTranscript, type AskedForm } from './transcriptionPrompt.js';

/** One piece costs at most so many requests. */
const mostRequests = 3;
/** Of those, so many because an answer could not be read. */
const mostRepairs = 1;
/** Speech at its fastest, with the JSON around it. */
const tokensPerSecond = 9;
/** What a model may want to think first. */
const thoughtTokens = 4000;
/** Servers that do not say how much they write at once write at least so much. */
const usualOutputTokens = 4096;
/** In longer recordings the times of models drift, and an answer that breaks off loses more. */
const longestPieceSeconds = 300;
/** A rest that is shorter holds nothing that is worth a request. */
const leastRestSeconds = 0.5;
const longestQuote = 120;

/** The longest piece whose transcript a model with this row can write in one answer, in seconds. */
export function askedPieceSeconds({
  maxInputSeconds = Infinity,
  maxOutputTokens = usualOutputTokens,
  maxContextTokens = Infinity,
  audioTokensPerSecond = 0,
}: Capabilities): number {
  // Half of it, since some of them think first, and some people speak fast.
  const byAnswer = maxOutputTokens / 2 / tokensPerSecond;
  const byContext = maxContextTokens / 2 / (tokensPerSecond + audioTokensPerSecond);
  return Math.max(1, Math.floor(Math.min(longestPieceSeconds, maxInputSeconds, byAnswer, byContext)));
}

function answerLimit({ maxOutputTokens }: Capabilities, seconds: number): { readonly maxOutputTokens?: number } {
  // A server that does not say may refuse a limit above its own.
  if (maxOutputTokens === undefined) return {};
  return { maxOutputTokens: Math.min(maxOutputTokens, Math.ceil(2 * tokensPerSecond * seconds) + thoughtTokens) };
}

/**
 * Has a model that only chats write down one piece. Its answer is checked: what cannot be read is asked for once more, with
 * what was wrong; what was cut off is asked for from there on; times that cannot be right become estimated ones.
 * @throws EarshotError `refused`, `malformed-response`, `answer-cut-off`, and what `Provider.converse` throws.
 */
export async function* transcribeByAsking(
  chosen: ChosenModel,
  request: TranscriptionRequest,
  signal: AbortSignal,
): AsyncGenerator<TranscriptionEvent> {
  const asked = new AskedPiece(chosen, request);
  try {
    yield* asked.ask(signal);
  } catch (error) {
    if (asked.isHeard) yield* asked.settle();
    throw error;
  }
}

/** How an answer ended, and what it said besides the transcript. */
interface Ending {
  readonly answer: string;
  readonly isCut: boolean;
}

class AskedPiece {
  readonly #chosen: ChosenModel;
  readonly #request: TranscriptionRequest;
  readonly #form: AskedForm;
  readonly #durationSeconds: number;
  /** What has been passed on and not been taken back. */
  #passedOn: readonly Segment[] = [];
  #saidLanguage = false;
  #transcript: AskedTranscript;
  /** The sound has reached the model, as far as is known. */
  isHeard = true;

  constructor(chosen: ChosenModel, request: TranscriptionRequest) {
    this.#chosen = chosen;
    this.#request = request;
    this.#form = chosen.model.capabilities.structuredOutput ? 'schema' : 'lines';
    this.#durationSeconds = request.audio.durationSeconds ?? longestPieceSeconds;
    this.#transcript = new AskedTranscript(this.#durationSeconds);
  }

  async *ask(signal: AbortSignal): AsyncGenerator<TranscriptionEvent> {
    const first = { ...askForTranscript(this.#request, this.#form), ...this.#limit };
    let { messages } = first;
    let repairs = 0;
    let earlier: AskedTranscript | undefined;
    for (let count = 1; ; count++) {
      const ending = yield* this.#hear(converse(this.#chosen, { ...first, messages }, signal), earlier === undefined);
      const wrong = this.#whatIsWrong(ending);
      if (wrong !== undefined && repairs < mostRepairs) {
        repairs += 1;
        earlier = this.#transcript;
        this.#transcript = new AskedTranscript(this.#durationSeconds);
        messages = askAgain(first.messages, ending.answer, wrong, this.#form);
        continue;
      }
      if (earlier?.hasText === true && isBetter(earlier, this.#transcript)) this.#transcript = earlier;
      if (!this.#transcript.hasText && !this.#transcript.isSilent) throw this.#useless(ending.answer);
      if (!ending.isCut || this.#transcript.isLoop || !this.#hasRest) break;
      if (count >= mostRequests || this.#transcript.reachSeconds === 0) throw this.#cutOff();
      this.#transcript.goOn();
      const { segments, reachSeconds } = this.#transcript;
      messages = askForRest(first.messages, segments, reachSeconds, this.#form);
    }
    yield* this.settle();
  }

  /** Passes on what has not been yet, or all anew where what has been was not right. */
  *settle(): Generator<TranscriptionEvent> {
    const { segments } = this.#transcript;
    yield* this.#sayLanguage();
    const isKept = this.#passedOn.every((segment, index) => isSame(segment, segments[index]));
    if (!isKept) yield { type: 'restart' };
    for (const segment of segments.slice(isKept ? this.#passedOn.length : 0)) yield { type: 'segment', segment };
    this.#passedOn = segments;
  }

  get #limit(): { readonly maxOutputTokens?: number } {
    return answerLimit(this.#chosen.model.capabilities, this.#durationSeconds);
  }

  get #hasRest(): boolean {
    return this.#durationSeconds - this.#transcript.reachSeconds > leastRestSeconds;
  }

  /** Reads an answer. @param isFirst Nothing is passed on of another try before it is known to be the better one. */
  async *#hear(events: AsyncIterable<AnswerEvent>, isFirst: boolean): AsyncGenerator<TranscriptionEvent, Ending> {
    const { model } = this.#chosen;
    const transcript = this.#transcript;
    let answer = '';
    let isCut = false;
    for await (const event of events) {
      if (event.type === 'text') {
        answer += event.text;
        transcript.push(event.text);
        if (isFirst) yield* this.#passOn();
      } else if (event.type === 'usage') {
        yield event;
        this.isHeard = event.usage.inputTokens === undefined || event.usage.inputAudioTokens !== 0;
      } else if (event.type === 'finish') {
        isCut ||= event.finish === 'length';
        if (event.finish === 'filtered') throw this.#refused();
      }
    }
    // Not every server says that it stopped at its limit.
    isCut = transcript.endAnswer() || isCut;
    if (!this.isHeard) {
      if (this.#passedOn.length > 0) yield { type: 'restart' };
      this.#passedOn = [];
      throw this.#error(
        'malformed-response',
        `${model.label} counted no audio in ${this.#request.audio.fileName}: the server dropped the recording, and what came back is made up. Select another model.`,
      );
    }
    return { answer, isCut };
  }

  *#passOn(): Generator<TranscriptionEvent> {
    const { certain } = this.#transcript;
    yield* this.#sayLanguage();
    for (const segment of certain.slice(this.#passedOn.length)) yield { type: 'segment', segment };
    if (certain.length > this.#passedOn.length) this.#passedOn = certain;
  }

  *#sayLanguage(): Generator<TranscriptionEvent> {
    const { language } = this.#transcript;
    if (language === undefined || this.#saidLanguage) return;
    this.#saidLanguage = true;
    yield { type: 'language', language };
  }

  #whatIsWrong({ answer, isCut }: Ending): string | undefined {
    const { hasText, isSilent, unreadableCount } = this.#transcript;
    if (isSilent || (hasText && unreadableCount === 0)) return undefined;
    if (unreadableCount > 0) return `${unreadableCount} of the segments in your answer are not valid JSON.`;
    if (answer.trim() === '') return isCut ? 'Your answer was cut off before it began.' : 'Your answer was empty.';
    return 'There is no transcript in your answer.';
  }

  #error(reason: EarshotError['reason'], message: string): EarshotError {
    return new EarshotError(reason, message, { provider: this.#chosen.provider.name });
  }

  #refused(): EarshotError {
    return this.#error(
      'refused',
      `${this.#chosen.model.label} refused to transcribe ${this.#request.audio.fileName}: its content filter stopped it. Select another model.`,
    );
  }

  #cutOff(): EarshotError {
    return this.#error(
      'answer-cut-off',
      `${this.#chosen.model.label} broke off in the middle of the transcript of ${this.#request.audio.fileName}. What came before is kept. Try again, or select another model.`,
    );
  }

  #useless(answer: string): EarshotError {
    const { label } = this.#chosen.model;
    const said = answer.replaceAll(/\s+/g, ' ').trim();
    const quote = said.length > longestQuote ? `${said.slice(0, longestQuote)}…` : said;
    return this.#error(
      'malformed-response',
      `${label} was asked for a transcript of ${this.#request.audio.fileName} and wrote ${said === '' ? 'nothing' : `something else: “${quote}”`}. Try again, or select a model that is made to transcribe.`,
    );
  }
}

/** Whether the first of two tries has more that can be read. */
function isBetter(left: AskedTranscript, right: AskedTranscript): boolean {
  if (!right.hasText) return true;
  return left.unreadableCount < right.unreadableCount;
}

function isSame(left: Segment, right: Segment | undefined): boolean {
  return (
    left.text === right?.text &&
    left.startSeconds === right.startSeconds &&
    left.endSeconds === right.endSeconds &&
    left.speaker === right.speaker &&
    left.hasEstimatedTimes === right.hasEstimatedTimes
  );
}
