import { wavHeaderByteLength } from '../../audio/speechFormat.js';
import { writeWavHeader } from '../../audio/writeWav.js';
import { Failed, isRecord } from '../dialects/wire.js';
import { joinSpeech } from '../joinSpeech.js';
import type { SpeechEvent, SpeechRequest, WorkFolder } from '../provider.js';
import { eventStream } from './eventStream.js';
import { fillArguments, mentions, type PlaceholderValues } from './fillArguments.js';
import type { SpeechProgram } from './programRow.js';
import { pcmSpeechReader, wavSpeechReader, type SpeechReader } from './readSpeech.js';
import { folderOf, problem, run, type Owner } from './runProgram.js';

/** So much longer than anybody speaks that a program which goes on is caught in a loop. */
const mostSecondsPerCharacter = 2;
const mostSecondsBeside = 60;

/** 1 is the voice's own pace; each family of programs counts it in its own way. */
function paceValues(speed: number | undefined): PlaceholderValues {
  if (speed === undefined || speed === 1) return {};
  const pace = Math.min(4, Math.max(0.25, speed));
  return {
    wordsPerMinute: String(Math.round(175 * pace)),
    stretch: (1 / pace).toFixed(3),
    rateStep: String(Math.round(Math.min(10, Math.max(-10, 10 * (Math.log(pace) / Math.log(3)))))),
  };
}

async function writeInputs(
  { found }: Owner,
  program: SpeechProgram,
  request: SpeechRequest,
  folder: WorkFolder,
): Promise<{ readonly text: string; readonly values: PlaceholderValues }> {
  const text = program.singleLine === true ? request.text.replaceAll(/\s*\n\s*/g, ' ') : request.text;
  const encoder = new TextEncoder();
  for (const [name, content] of Object.entries(program.files ?? {})) await folder.write(name, encoder.encode(content));
  await folder.write('text.txt', encoder.encode(text));
  const voice = request.voice ?? program.voice;
  const voiceOrLanguage = voice ?? request.language;
  const values: PlaceholderValues = {
    text,
    textFile: folder.path('text.txt'),
    output: folder.path('output.wav'),
    folder: folderOf(folder),
    ...paceValues(request.speed),
    ...(voice === undefined ? {} : { voice }),
    ...(voiceOrLanguage === undefined ? {} : { voiceOrLanguage }),
    ...(request.language === undefined ? {} : { language: request.language }),
    ...(found.modelFile === undefined ? {} : { model: found.modelFile }),
  };
  return { text, values };
}

/** What the description beside a voice says of its samples; Piper's have it so. */
async function sampleRateOf(owner: Owner, program: SpeechProgram, folder: WorkFolder): Promise<number> {
  if (program.sampleRate !== undefined) return program.sampleRate;
  const path = `${owner.found.modelFile ?? ''}.json`;
  const bytes = await folder.read(path);
  try {
    const description: unknown = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
    const audio = isRecord(description) ? description['audio'] : undefined;
    const sampleRate = isRecord(audio) ? audio['sample_rate'] : undefined;
    if (typeof sampleRate === 'number' && sampleRate > 0) return sampleRate;
  } catch {
    // No JSON: as if it were not there.
  }
  throw problem(
    owner,
    'program-failed',
    `${owner.found.label}: the description of its voice, ${path}, is missing or does not say the sample rate. Download it again from where the voice came.`,
  );
}

async function readerOf(owner: Owner, program: SpeechProgram, folder: WorkFolder): Promise<SpeechReader | undefined> {
  switch (program.output ?? 'file') {
    case 'file':
      return undefined;
    case 'wav':
      return wavSpeechReader();
    case 'pcm':
      return pcmSpeechReader(await sampleRateOf(owner, program, folder));
  }
}

function silent(owner: Owner): Error {
  return problem(
    owner,
    'program-failed',
    `${owner.found.label} ended without any sound. Check the voice, or select another model.`,
  );
}

/** Pushes the speech: as it comes where the program has such a way, else when it has ended. */
async function speakThrough(
  owner: Owner,
  program: SpeechProgram,
  request: SpeechRequest,
  push: (event: SpeechEvent) => void,
  signal: AbortSignal,
  taken: () => Promise<void>,
): Promise<void> {
  const { found, context } = owner;
  await context.programs.withFolder(async (folder) => {
    const { text, values } = await writeInputs(owner, program, request, folder);
    const reader = await readerOf(owner, program, folder);
    let secondsLeft = mostSecondsBeside + text.length * mostSecondsPerCharacter;
    let isHeard = false;
    const listen = async (bytes: Uint8Array): Promise<void> => {
      const part = await reader?.push(bytes);
      if (part === undefined) return;
      isHeard = true;
      push({ type: 'audio', ...part });
      secondsLeft -= part.pcm.byteLength / 2 / part.sampleRate;
      if (secondsLeft < 0) {
        throw problem(
          owner,
          'program-failed',
          `${found.label} did not stop speaking and was ended. Select another model.`,
        );
      }
      await taken();
    };
    const takesText = mentions(program.arguments, 'text') || mentions(program.arguments, 'textFile');
    await run(owner, fillArguments(program.arguments, values, found.label), {
      signal,
      ...(takesText ? {} : { input: `${text}\n` }),
      ...(reader === undefined
        ? {}
        : {
            onBytes: (bytes) =>
              listen(bytes).catch((error: unknown) => {
                throw error instanceof Failed ? notWav(owner) : error;
              }),
          }),
    });
    if (reader === undefined) {
      const bytes = await folder.read('output.wav');
      isHeard = bytes !== undefined && bytes.byteLength > 0;
      if (bytes !== undefined && isHeard) push({ type: 'bytes', bytes, format: 'wav' });
    }
    if (!isHeard) throw silent(owner);
  });
}

function notWav(owner: Owner): Error {
  return problem(
    owner,
    'program-failed',
    `What ${owner.found.label} wrote to its standard output is not WAV with PCM. Set the right output in the setting earshot.providers.`,
  );
}

/** The same as one file whose header is right. */
async function asFile(events: AsyncIterable<SpeechEvent>, label: string): Promise<SpeechEvent> {
  const whole = await joinSpeech(events, label);
  if (whole.format !== 'pcm') return { type: 'bytes', bytes: whole.bytes, format: whole.format };
  const file = new Uint8Array(wavHeaderByteLength + whole.bytes.byteLength);
  file.set(whole.bytes, wavHeaderByteLength);
  writeWavHeader(file, whole.sampleRate);
  return { type: 'bytes', bytes: file, format: 'wav' };
}

/** A speech by a program: samples while they come, where the program says them so, or a WAV file when one is asked for. */
export async function* runSpeech(
  owner: Owner,
  request: SpeechRequest,
  signal: AbortSignal,
): AsyncGenerator<SpeechEvent> {
  const program = owner.found.row.speech;
  if (program === undefined)
    throw problem(owner, 'program-failed', `${owner.found.label} cannot speak. Select another model.`);
  const events = eventStream<SpeechEvent>(
    (push, stop, taken) => speakThrough(owner, program, request, push, stop, taken),
    signal,
  );
  if (request.format === undefined) yield* events;
  else yield await asFile(events, owner.found.label);
  yield { type: 'usage', usage: { characters: request.text.length } };
}
