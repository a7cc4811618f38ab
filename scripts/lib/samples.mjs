// The sample recordings: their words, and the synthesiser that speaks them at set-up. None is stored.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStamped, writeStamp } from './fingerprint.mjs';
import { cache, sampleWorkspace } from './paths.mjs';
import { runOrThrow } from './run.mjs';
import { onPath } from './systemPackages.mjs';

/**
 * What is said in each recording: short sentences of common words, which a small offline recogniser knows.
 * @type {import('./samples.d.mts').Sample[]}
 */
export const samples = [
  {
    file: 'standup-meeting.wav',
    text: [
      'Good morning everyone, and welcome to the meeting.',
      'We have three things to talk about today.',
      'First, the new house will be ready in the second week of june.',
      'Second, the hospital needs more money for the library.',
      'Third, we need someone to drive the children to the river on friday.',
      'I think the weather will be good.',
      'Does anyone have a question?',
      'Thank you very much for your time.',
    ].join(' '),
    question: 'What does the hospital need more money for?',
    answerMentions: ['library'],
  },
  {
    file: 'voice-memo.wav',
    text: ['Please remember that the doctor will be here on monday morning.', 'We also need some bread and milk.'].join(
      ' ',
    ),
    question: 'Who will be here on monday morning?',
    answerMentions: ['doctor'],
  },
];

const readme = `# Try Earshot here

1. In the Explorer, right-click \`standup-meeting.wav\` and choose **Transcribe Audio**. A transcript opens beside it.
2. Right-click it again and choose **Ask About Audio...**, or open the chat view, type \`@audio\`, attach the file and ask
   "${samples[0].question}"
3. \`voice-memo.wav\` is a shorter one. Both were spoken by a synthesiser on this machine; use recordings of your own too.
`;

/** Speaks the sample recordings into the sample workspace, unless they are there. Says so when it cannot. */
export async function makeSampleWorkspace(folder = sampleWorkspace) {
  const synthesiser = synthesisers.find(({ isThere }) => isThere());
  const stampFile = join(cache, 'sample-workspace.stamp');
  const stamp = JSON.stringify([synthesiser?.name, readme, samples]);
  const isWhole = [...samples.map(({ file }) => file), 'README.md'].every((name) => existsSync(join(folder, name)));
  if (isWhole && isStamped(stampFile, stamp)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'README.md'), readme);
  if (!synthesiser) {
    console.log('No speech synthesiser was found, so there are no sample recordings. Install flite or espeak-ng.');
    return folder;
  }
  console.log(`Speaking ${samples.length} sample recordings (${synthesiser.name})`);
  for (const { file, text } of samples) await speak(text, join(folder, file), synthesiser);
  writeStamp(stampFile, stamp);
  return folder;
}

/**
 * Speaks a text into a mono 16-bit WAV file.
 * @param {string} text
 * @param {string} file
 * @param {{ argv(text: string, file: string): string[] } | undefined} [synthesiser]
 */
export async function speak(text, file, synthesiser = synthesisers.find(({ isThere }) => isThere())) {
  if (!synthesiser) throw new Error('No speech synthesiser was found. Install flite or espeak-ng.');
  const [command, ...args] = synthesiser.argv(text, `${file}.part.wav`);
  await runOrThrow(command, args, { quiet: true });
  renameSync(`${file}.part.wav`, file);
}

/** In order of how well an offline recogniser understands them at the rate they speak (16 kHz for flite's slt). */
const synthesisers = [
  {
    name: 'flite',
    isThere: () => onPath('flite'),
    argv: (text, file) => ['flite', '-voice', 'slt', '-t', text, '-o', file],
  },
  {
    name: 'say',
    isThere: () => process.platform === 'darwin',
    argv: (text, file) => ['say', '--file-format=WAVE', '--data-format=LEI16@16000', '-o', file, text],
  },
  {
    name: 'SAPI',
    isThere: () => process.platform === 'win32',
    argv: (text, file) => [
      'powershell.exe',
      '-NoProfile',
      '-Command',
      `Add-Type -AssemblyName System.Speech; $voice = New-Object System.Speech.Synthesis.SpeechSynthesizer;
       $format = New-Object System.Speech.AudioFormat.SpeechAudioFormatInfo(16000, 'Sixteen', 'Mono');
       $voice.SetOutputToWaveFile(${quoted(file)}, $format); $voice.Speak(${quoted(text)}); $voice.Dispose()`,
    ],
  },
  {
    name: 'espeak-ng',
    isThere: () => onPath('espeak-ng'),
    argv: (text, file) => ['espeak-ng', '-v', 'en-us', '-s', '150', '-w', file, text],
  },
];

/** A PowerShell string. @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
