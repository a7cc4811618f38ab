import type { Bench, ChatHearing, Endpoint, HeardClip } from './bench.ts';
import { splitPrompt, usualAnswer } from './chatAnswer.ts';
import { chatReply } from './chatReplies.ts';
import type { ChatRequest } from './chatRules.ts';
import { readChatRequest } from './chatRules.ts';
import { recognise } from './recognise.ts';

/** `POST /v1/chat/completions` */
export const chatCompletions: Endpoint = async (request, bench) => {
  const chat = await readChatRequest(request, bench);
  return async () => {
    const hearing = await hear(chat, bench);
    return chatReply(chat, (bench.answer ?? usualAnswer)(hearing), bench);
  };
};

async function hear(chat: ChatRequest, bench: Bench): Promise<ChatHearing> {
  const clips: HeardClip[] = [];
  for (const audio of chat.content.clips) {
    const pcm = { sampleRate: audio.sampleRate, channels: audio.channelSamples };
    clips.push({ audio, heard: await recognise(pcm, bench.recogniser) });
  }
  const prompt = splitPrompt(chat.content.texts, chat.content.lastUserTexts);
  return { model: chat.model, request: chat.json, clips, ...prompt };
}
