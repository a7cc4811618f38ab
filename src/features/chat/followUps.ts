import type * as vscode from 'vscode';
import { forced } from '../../core/exchange/soundQuestions.js';
import type { ExchangeMetadata } from './exchangeMetadata.js';

/** What fits after an answer: the same question the other way, and what people ask next. */
export function followUpsFor(exchange: ExchangeMetadata | undefined): vscode.ChatFollowup[] {
  if (exchange === undefined || exchange.answer === '' || exchange.clips.length === 0) return [];
  const { way, prompt, canListen, clips } = exchange;
  const followUps: vscode.ChatFollowup[] = [];
  if (way === 'transcript' && canListen) {
    followUps.push({ prompt: forced.sound + prompt, label: 'Listen to the audio instead' });
  }
  if (way === 'audio') followUps.push({ prompt: forced.words + prompt, label: 'Use the transcript instead' });
  if (way === 'audio' || way === 'transcript') {
    followUps.push({
      prompt: clips.length > 1 ? 'What is different in each recording?' : 'What is decided, and who does what?',
    });
  }
  return followUps;
}
