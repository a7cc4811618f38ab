import type { Message } from '../core/conversation.js';
import { wordsOf } from '../core/conversation.js';
import type { AnswerRequest } from './provider.js';

/** A token has four letters in English, fewer elsewhere; too many tokens cost memory, too few cost the beginning of the question. */
const lettersPerToken = 3;
/** What vision models of the size that runs at home make of a picture, at most. */
const tokensPerImage = 1100;
const usualAudioTokensPerSecond = 25;
/** For an answer that nobody limits. */
const answerTokens = 2048;

function messageTokens({ content }: Message, audioTokensPerSecond: number): number {
  let tokens = 8;
  for (const block of content) {
    if (block.type === 'image') tokens += tokensPerImage;
    else if (block.type === 'input_audio') {
      const { data, durationSeconds } = block.input_audio;
      // Without a duration: 16-bit sound at 16 kHz.
      tokens += (durationSeconds ?? data.byteLength / 32_000) * audioTokensPerSecond;
    } else if (block.type === 'tool_call') tokens += JSON.stringify(block.tool_call.input).length / lettersPerToken;
    else tokens += wordsOf(block).length / lettersPerToken;
  }
  return tokens;
}

/** Room that a question and its answer need, with some to spare, for servers that cut off what is too long without a word. */
export function neededContextTokens(
  { messages, tools = [], maxOutputTokens = answerTokens }: AnswerRequest,
  audioTokensPerSecond = usualAudioTokensPerSecond,
): number {
  const said = messages.reduce((sum, message) => sum + messageTokens(message, audioTokensPerSecond), 0);
  return Math.ceil(said + JSON.stringify(tools).length / lettersPerToken + maxOutputTokens);
}
