import type { ProgramRow } from '../command/programRow.js';

/**
 * Speech programs that may be on a machine. The order is the order of preference, recognisers first; an argument in a list of
 * its own is left out together with the rest of the list when one of its placeholders has no value.
 */

const whisperModels = {
  folders: [
    '~/.cache/whisper.cpp',
    '~/.local/share/whisper.cpp/models',
    '~/.local/share/whisper.cpp',
    '~/whisper.cpp/models',
    '~/.cache/whisper',
    '/usr/local/share/whisper.cpp/models',
    '/usr/share/whisper.cpp/models',
    '/opt/homebrew/share/whisper-cpp',
    '/opt/homebrew/share/whisper.cpp/models',
  ],
  namePattern: /(?:^|[\\/])ggml-[^\\/]+\.bin$/,
  suffix: '.bin',
  // The best that runs in about the time of the recording on a laptop comes first.
  prefer: [/large-v3-turbo/, /small/, /base/, /medium/, /large/, /tiny/],
  install:
    'Download a model such as ggml-base.bin from https://huggingface.co/ggerganov/whisper.cpp into ~/.cache/whisper.cpp.',
} as const;

/** Three programs in Python share one command line. */
const pythonWhisper = {
  arguments: [
    '{input}',
    '--model',
    'small',
    '--output_format',
    'json',
    '--output_dir',
    '{folder}',
    ['--language', '{language}'],
  ],
  output: 'whisper-json',
  outputFile: 'input.json',
  inputFormats: ['wav', 'mp3', 'flac', 'ogg', 'mp4', 'webm'],
} as const;

/** Text and voice come as arguments and files, so that nothing said can become a command. */
const sapiScript = `param([string]$TextFile, [string]$Output, [string]$Voice, [int]$Rate)
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Speech
$synthesizer = New-Object System.Speech.Synthesis.SpeechSynthesizer
if ($Voice) { $synthesizer.SelectVoice($Voice) }
$synthesizer.Rate = $Rate
$synthesizer.SetOutputToWaveFile($Output)
$synthesizer.Speak([System.IO.File]::ReadAllText($TextFile, [System.Text.Encoding]::UTF8))
$synthesizer.Dispose()
`;

export const programRows: readonly ProgramRow[] = [
  {
    id: 'whisper-cli',
    label: 'whisper.cpp',
    executables: ['whisper-cli', 'whisper-cpp'],
    install: 'Install whisper.cpp (macOS: brew install whisper-cpp).',
    modelFiles: whisperModels,
    transcription: {
      arguments: ['-m', '{model}', '-f', '{input}', '-l', '{language}', '-np', '-oj', '-of', '{output}'],
      output: 'whisper-json',
      outputFile: 'output.json',
      inputFormats: ['wav'],
      // Its own default is English, not detection.
      anyLanguage: 'auto',
      times: 'segments',
    },
  },
  {
    id: 'faster-whisper',
    label: 'Faster Whisper',
    executables: ['faster-whisper-xxl', 'whisper-faster'],
    install: 'Install Faster-Whisper-XXL from https://github.com/Purfview/whisper-standalone-win.',
    transcription: { ...pythonWhisper, times: 'segments' },
  },
  {
    id: 'whisper-ctranslate2',
    label: 'Whisper CTranslate2',
    executables: ['whisper-ctranslate2'],
    install: 'pip install whisper-ctranslate2',
    transcription: { ...pythonWhisper, times: 'segments' },
  },
  {
    id: 'whisper',
    label: 'Whisper (Python)',
    executables: ['whisper'],
    install: 'pip install openai-whisper',
    transcription: { ...pythonWhisper, times: 'segments' },
  },
  {
    id: 'pocketsphinx',
    label: 'PocketSphinx',
    executables: ['pocketsphinx_continuous'],
    install: 'Install PocketSphinx (Debian, Ubuntu: apt install pocketsphinx pocketsphinx-en-us).',
    transcription: {
      arguments: ['-infile', '{input}', '-time', 'yes', '-logfn', '/dev/null'],
      output: 'word-times',
      inputFormats: ['wav'],
      // Its output is held back in a pipe until the end: a minute at a time shows progress, and a cancel loses little.
      maxInputSeconds: 60,
      languages: ['en'],
      times: 'words',
    },
  },
  {
    id: 'say',
    label: 'macOS voices',
    executables: ['say'],
    platforms: ['darwin'],
    install: 'say is part of macOS.',
    speech: {
      arguments: [
        ['-v', '{voice}'],
        ['-r', '{wordsPerMinute}'],
        '--file-format=WAVE',
        '--data-format=LEI16@22050',
        '-o',
        '{output}',
        '-f',
        '{textFile}',
      ],
    },
  },
  {
    id: 'sapi',
    label: 'Windows voices',
    executables: ['powershell.exe', 'pwsh.exe'],
    platforms: ['win32'],
    install: 'Windows PowerShell is part of Windows.',
    speech: {
      arguments: [
        '-NoProfile',
        '-NonInteractive',
        '-ExecutionPolicy',
        'Bypass',
        '-File',
        '{folder}\\speak.ps1',
        '-TextFile',
        '{textFile}',
        '-Output',
        '{output}',
        ['-Voice', '{voice}'],
        ['-Rate', '{rateStep}'],
      ],
      files: { 'speak.ps1': sapiScript },
    },
  },
  {
    id: 'piper',
    label: 'Piper',
    executables: ['piper'],
    install: 'pip install piper-tts',
    modelFiles: {
      folders: ['~/.local/share/piper', '~/.local/share/piper-voices', '~/.local/share/piper/voices', '~/piper'],
      namePattern: /\.onnx$/,
      suffix: '.onnx',
      prefer: [/medium/, /high/, /low/],
      install:
        'Download a voice (.onnx and .onnx.json) from https://huggingface.co/rhasspy/piper-voices into ~/.local/share/piper.',
    },
    speech: {
      // Sentence by sentence, at the rate that the voice's description gives.
      arguments: ['--model', '{model}', '--output_raw', ['--length_scale', '{stretch}']],
      output: 'pcm',
      // It takes each line of its input for a text of its own, with another melody.
      singleLine: true,
    },
  },
  {
    id: 'flite',
    label: 'Flite',
    executables: ['flite'],
    install: 'Install Flite (Debian, Ubuntu: apt install flite).',
    speech: {
      arguments: ['-voice', '{voice}', ['--setf', 'duration_stretch={stretch}'], '-f', '{textFile}', '-o', '{output}'],
      voice: 'slt',
      languages: ['en'],
    },
  },
  {
    id: 'espeak-ng',
    label: 'eSpeak NG',
    executables: ['espeak-ng', 'espeak'],
    install: 'Install eSpeak NG (Debian, Ubuntu: apt install espeak-ng; macOS: brew install espeak-ng).',
    speech: {
      arguments: [['-v', '{voiceOrLanguage}'], ['-s', '{wordsPerMinute}'], '--stdout', '-f', '{textFile}'],
      output: 'wav',
    },
  },
];
