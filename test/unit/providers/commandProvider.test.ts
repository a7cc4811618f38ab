import { describe, expect, it } from 'vitest';
import type { Provider, TranscriptionEvent } from '../../../src/providers/provider.js';
import { createProviders } from '../../../src/providers/registry.js';
import { FakeContext } from './fakeContext.js';
import { speech } from '../../support/speech.js';
import { pcm16, wavFile } from '../audio/support/wavFiles.js';

function aMachine(change: (context: FakeContext) => void): { provider: Provider; context: FakeContext } {
  const context = new FakeContext();
  change(context);
  const provider = createProviders({}, context).providers.find(({ name }) => name === 'command');
  if (provider === undefined) throw new Error('no provider');
  return { provider, context };
}

const modelIds = async (provider: Provider): Promise<string[]> => (await provider.models()).map(({ ref }) => ref.model);
const signal = new AbortController().signal;
const spoken = wavFile(pcm16(Float32Array.of(0.5, -0.5)));
const audio = { bytes: new Uint8Array(4), format: 'wav', fileName: 'a.wav' } as const;

async function hear(provider: Provider, model: string, language?: string): Promise<TranscriptionEvent[]> {
  const events: TranscriptionEvent[] = [];
  const request = { model, audio, ...(language === undefined ? {} : { language }) };
  for await (const event of provider.transcribe?.(request, signal) ?? []) events.push(event);
  return events;
}

describe('programs of the table', () => {
  it('are offered in the order of preference', async () => {
    const { provider } = aMachine(({ programs }) => {
      programs.installed = ['espeak-ng', 'flite', 'pocketsphinx_continuous', 'whisper-ctranslate2'];
    });
    expect(await modelIds(provider)).toEqual(['whisper-ctranslate2', 'pocketsphinx', 'flite', 'espeak-ng']);
    expect(await provider.readiness()).toEqual({
      state: 'ready',
      detail: 'Whisper CTranslate2, PocketSphinx, Flite, eSpeak NG',
    });
  });

  it('are offered once for each model file, the best first', async () => {
    const { provider, context } = aMachine(({ programs }) => {
      programs.installed = ['whisper-cli'];
      programs.files = [
        '/home/me/.cache/whisper.cpp/ggml-tiny.bin',
        '/home/me/.cache/whisper.cpp/ggml-small.en.bin',
        '/home/me/.cache/whisper.cpp/notes.bin',
      ];
      programs.output = { 'output.json': '{"transcription":[]}' };
    });
    expect(await modelIds(provider)).toEqual(['whisper-cli', 'whisper-cli/ggml-tiny']);
    expect(await hear(provider, 'whisper-cli/ggml-tiny', 'de-DE')).toEqual([]);
    await hear(provider, 'whisper-cli');
    const lists = context.programs.runs.map(({ programArguments }) => programArguments);
    const rest = ['-np', '-oj', '-of', '/scratch/output'];
    expect(lists).toEqual([
      ['-m', '/home/me/.cache/whisper.cpp/ggml-tiny.bin', '-f', '/scratch/input.wav', '-l', 'de', ...rest],
      ['-m', '/home/me/.cache/whisper.cpp/ggml-small.en.bin', '-f', '/scratch/input.wav', '-l', 'auto', ...rest],
    ]);
  });

  it('that lack their model say so', async () => {
    const { provider } = aMachine(({ programs }) => {
      programs.installed = ['whisper-cli'];
    });
    const readiness = await provider.readiness();
    expect(readiness.state).toBe('program-missing');
    expect(readiness.detail).toContain('whisper.cpp is installed and has no model.');
    await expect(hear(provider, 'whisper-cli')).rejects.toMatchObject({ reason: 'program-missing' });
  });

  it('leave out arguments that have no value', async () => {
    const { provider, context } = aMachine(({ programs }) => {
      programs.installed = ['whisper-ctranslate2', 'espeak-ng'];
      programs.output = { 'input.json': '{"segments":[]}' };
      programs.sound = [spoken];
    });
    await hear(provider, 'whisper-ctranslate2');
    await hear(provider, 'whisper-ctranslate2', 'fr');
    await speech(provider, { model: 'espeak-ng', text: 'hello' }, signal);
    await speech(provider, { model: 'espeak-ng', text: 'hello', language: 'de', speed: 2 }, signal);
    const lists = context.programs.runs.map(({ programArguments }) => programArguments.join(' '));
    const python = '/scratch/input.wav --model small --output_format json --output_dir /scratch';
    expect(lists).toEqual([
      python,
      `${python} --language fr`,
      '--stdout -f /scratch/text.txt',
      '-v de -s 350 --stdout -f /scratch/text.txt',
    ]);
  });

  it('of macOS and Windows are offered there only, and take text from a file', async () => {
    for (const [platform, installed, id] of [
      ['darwin', 'say', 'say'],
      ['win32', 'powershell.exe', 'sapi'],
    ] as const) {
      const { provider, context } = aMachine(({ programs }) => {
        programs.platform = platform;
        programs.installed = ['say', 'powershell.exe'];
        programs.output = { 'output.wav': 'RIFF' };
      });
      expect(await modelIds(provider)).toEqual([id]);
      const text = `it's "quoted"; $(Remove-Item x)`;
      await speech(provider, { model: id, text, voice: 'Anna; evil' }, signal);
      const [run] = context.programs.runs;
      expect(run?.program).toBe(`/usr/bin/${installed}`);
      expect(run?.programArguments).toContain('Anna; evil');
      expect(run?.programArguments.join('\n')).not.toContain('quoted');
      expect(new TextDecoder().decode(context.programs.written.get('text.txt'))).toBe(text);
      const script = new TextDecoder().decode(context.programs.written.get('speak.ps1') ?? new Uint8Array());
      expect(script).not.toContain('evil');
      expect(script === '').toBe(platform === 'darwin');
    }
  });

  it('that read line by line are given one line, on standard input', async () => {
    const { provider, context } = aMachine(({ programs }) => {
      programs.installed = ['piper'];
      programs.files = ['/home/me/.local/share/piper/en_US-amy-medium.onnx'];
      programs.output = { '/home/me/.local/share/piper/en_US-amy-medium.onnx.json': '{"audio":{"sample_rate":16000}}' };
      programs.sound = [Uint8Array.of(1, 0, 2), Uint8Array.of(0, 3, 0)];
    });
    const whole = await speech(provider, { model: 'piper', text: 'One.\n\nTwo.' }, signal);
    expect(whole).toMatchObject({ format: 'pcm', sampleRate: 16_000, bytes: Uint8Array.of(1, 0, 2, 0, 3, 0) });
    expect(context.programs.runs[0]?.input).toBe('One. Two.\n');
  });

  it.each([undefined, '{}', '{', '{"audio":{"sample_rate":"fast"}}'])(
    'are not run when the description of their voice is %j, and the error names it',
    async (description) => {
      const { provider, context } = aMachine(({ programs }) => {
        programs.installed = ['piper'];
        programs.files = ['/home/me/piper/amy.onnx'];
        programs.output = description === undefined ? {} : { '/home/me/piper/amy.onnx.json': description };
      });
      await expect(speech(provider, { model: 'piper', text: 'One.' }, signal)).rejects.toMatchObject({
        reason: 'program-failed',
        message: expect.stringContaining('/home/me/piper/amy.onnx.json') as string,
      });
      expect(context.programs.runs).toEqual([]);
    },
  );

  it('refuse a recording in a format they do not read', async () => {
    const { provider, context } = aMachine(({ programs }) => {
      programs.installed = ['pocketsphinx_continuous'];
    });
    const request = { model: 'pocketsphinx', audio: { ...audio, format: 'mp3' as const } };
    await expect(provider.transcribe?.(request, signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      reason: 'unsupported-media',
    });
    expect(context.programs.runs).toEqual([]);
  });

  it('are known without a search once there was one', async () => {
    const { provider } = aMachine(({ programs }) => {
      programs.installed = ['flite', 'espeak-ng'];
    });
    expect(provider.knownModels()).toEqual([]);
    const models = await provider.models();
    expect(models.length).toBe(2);
    expect(provider.knownModels()).toEqual(models);
  });

  it('are given ten minutes at a time where they say nothing before their end', async () => {
    const { provider } = aMachine(({ programs }) => {
      programs.installed = ['whisper-cli', 'faster-whisper-xxl', 'whisper-ctranslate2', 'whisper'];
      programs.installed = [...programs.installed, 'pocketsphinx_continuous', 'flite'];
      programs.files = ['/home/me/.cache/whisper.cpp/ggml-tiny.bin'];
    });
    const limits = (await provider.models()).map(({ ref, capabilities }) => [ref.model, capabilities.maxInputSeconds]);
    expect(limits).toEqual([
      ['whisper-cli', 600],
      ['faster-whisper', 600],
      ['whisper-ctranslate2', 600],
      ['whisper', 600],
      ['pocketsphinx', 60],
      ['flite', undefined],
    ]);
  });

  it.each([
    [{ output: 'text' }, undefined],
    [{ output: 'word-times' }, undefined],
    [{ output: 'text', outputFile: '{output}.txt' }, 600],
    [{ output: 'srt' }, 600],
    [{ output: 'vtt' }, 600],
    [{ output: 'whisper-json' }, 600],
  ])('of the user whose output is %j are limited to %s seconds', async (reading, limit) => {
    const command = { transcription: { arguments: ['hear', '{input}'], ...reading } };
    const limitOf = async (models: object): Promise<number | undefined> => {
      const { providers } = createProviders({ mine: { kind: 'command', command, models } }, new FakeContext());
      return (await providers[0]?.model('transcription'))?.capabilities.maxInputSeconds;
    };
    expect(await limitOf({})).toBe(limit);
    expect(await limitOf({ transcription: { maxInputSeconds: 5 } })).toBe(5);
  });

  it('cost nothing, and say so', async () => {
    const { provider } = aMachine(({ programs }) => {
      programs.installed = ['flite'];
    });
    expect((await provider.model('flite')).capabilities).toMatchObject({
      speech: true,
      transcription: false,
      chat: false,
      prices: { perAudioMinute: 0 },
    });
  });
});
