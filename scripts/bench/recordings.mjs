// The recordings that the engine is measured with: speech from a synthesiser, made once and kept under out/. None is stored.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { out } from '../lib/paths.mjs';
import { runOrThrow } from '../lib/run.mjs';
import { onPath } from '../lib/systemPackages.mjs';

/** A change here makes all of them anew. */
const edition = 1;
const speechRate = 22_050;
const sentenceCount = 160;
const twoGigabytes = 2 ** 31;

const voices = [
  { name: 'en-us', speed: 150 },
  { name: 'en-us+f3', speed: 165 },
  { name: 'en-gb', speed: 140 },
  { name: 'en-gb+f4', speed: 155 },
  { name: 'en-us+m7', speed: 175 },
  { name: 'en-gb-scotland+f2', speed: 160 },
];
const fliteVoices = ['slt', 'rms', 'awb', 'kal16'];

const words =
  `time people way day man thing woman life child world school state family student group country problem hand part place
  case week company system program question work government number night point home water room mother area money story
  fact month lot right study book eye job word business issue side kind head house service friend father power hour game
  line end member law car city community name president team minute idea body information back parent face others level
  office door health person art war history party result change morning reason research girl guy moment air teacher`.split(
    /\s+/,
  );
const joints = ['and then', 'because of the', 'with a', 'for the', 'in every', 'after this', 'before the', 'about our'];

/** The same numbers below 1 each time (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Every recording by its name, as it is made from another; `ffmpeg` are the arguments between input and output.
 * `opus` and the like are at the rates that people meet.
 */
const recipes = {
  'speech.wav': { make: makeSpeech },
  'speech.flac': { from: 'speech.wav', ffmpeg: ['-c:a', 'flac'] },
  'speech.mp3': { from: 'speech.wav', ffmpeg: ['-c:a', 'libmp3lame', '-b:a', '128k'] },
  'speech.m4a': { from: 'speech.wav', ffmpeg: ['-c:a', 'aac', '-b:a', '128k'] },
  'speech-vorbis.ogg': { from: 'speech.wav', ffmpeg: ['-c:a', 'libvorbis', '-q:a', '4'] },
  'speech-opus.ogg': { from: 'speech.wav', ffmpeg: ['-c:a', 'libopus', '-b:a', '64k'] },
  'speech.webm': { from: 'speech-opus.ogg', ffmpeg: ['-c:a', 'copy'] },
  'speech.aac': { from: 'speech.m4a', ffmpeg: ['-c:a', 'copy'] },
  'threefold.m4a': { from: 'speech.m4a', loops: 2, ffmpeg: ['-c:a', 'copy'] },
  'tenfold.m4a': { from: 'speech.m4a', loops: 9, ffmpeg: ['-c:a', 'copy'] },
  'tenfold.mp3': { from: 'speech.mp3', loops: 9, ffmpeg: ['-c:a', 'copy'] },
  // Neither the time nor the bytes of a probe may depend on the size, so the minutes of speech are no matter for these.
  'large.wav': { make: makeLargeWav },
  'large.aac': { from: 'speech.aac', untilTwoGigabytes: true, ffmpeg: ['-c:a', 'copy'] },
  'noise.m4a': { make: makeNoise },
  'large.m4a': { from: 'noise.m4a', untilTwoGigabytes: true, ffmpeg: ['-c:a', 'copy'] },
};

/**
 * Makes what is not there yet. Gives the path of a recording by its name.
 * @param {readonly string[]} names
 * @param {number} minutes
 */
export async function makeRecordings(names, minutes) {
  if (!onPath('ffmpeg'))
    throw new Error('ffmpeg is needed: it makes the recordings, and is what the engine is measured against.');
  const folder = join(out, 'bench-recordings', `${edition}-${minutes}-minutes`);
  mkdirSync(folder, { recursive: true });
  for (const name of names) await make(folder, name, minutes);
  return (name) => join(folder, name);
}

async function make(folder, name, minutes) {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  const recipe = recipes[name];
  if (recipe === undefined) throw new Error(`No recording is called ${name}.`);
  // The real name comes last, so that what has it is whole.
  const unfinished = join(folder, `unfinished-${name}`);
  if (recipe.make !== undefined) {
    console.log(`Making ${name}`);
    await recipe.make(unfinished, minutes);
  } else {
    const input = await make(folder, recipe.from, minutes);
    console.log(`Making ${name}`);
    const loops = recipe.untilTwoGigabytes ? Math.ceil(twoGigabytes / statSync(input).size) - 1 : (recipe.loops ?? 0);
    const repeat = loops > 0 ? ['-stream_loop', String(loops)] : [];
    await ffmpeg([...repeat, '-i', input, ...recipe.ffmpeg, '-vn', unfinished]);
  }
  renameSync(unfinished, path);
  return path;
}

const ffmpeg = (args) => runOrThrow('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], { quiet: true });

/** Sentences in several voices with pauses between, over a floor of noise, the right channel a little later than the left. */
async function makeSpeech(path, minutes) {
  const sentences = await speakSentences();
  const total = Math.round(minutes * 60 * speechRate);
  const encoder = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-y', '-f', 's16le', '-ar', String(speechRate), '-ac', '1', '-i', 'pipe:0'],
      ...['-f', 'lavfi', '-i', 'anoisesrc=color=pink:amplitude=0.004:seed=7:sample_rate=44100'],
      '-filter_complex',
      '[0:a]aresample=44100,pan=stereo|c0=c0|c1=0.9*c0,adelay=delays=0S|17S[speech];[1:a]pan=stereo|c0=c0|c1=c0[floor];' +
        '[speech][floor]amix=inputs=2:duration=first:normalize=0[mix]',
      ...['-map', '[mix]', '-t', String(minutes * 60), '-c:a', 'pcm_s16le', path],
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const ended = once(encoder, 'exit');
  const random = randomNumbers(3);
  for (let written = 0; written < total;) {
    const sentence = sentences[Math.floor(random() * sentences.length)];
    const pause = Buffer.alloc(2 * Math.round((0.3 + 3.2 * random() ** 2) * speechRate));
    const bytes = Buffer.concat([sentence, pause]).subarray(0, 2 * (total - written));
    if (!encoder.stdin.write(bytes)) await once(encoder.stdin, 'drain');
    written += bytes.byteLength / 2;
  }
  encoder.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with code ${code}.`);
}

/** @returns {Promise<Buffer[]>} 16-bit samples at `speechRate`, mono */
async function speakSentences() {
  const random = randomNumbers(1);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  try {
    const sentences = [];
    for (let index = 0; index < sentenceCount; index++) {
      const length = 2 + Math.floor(random() * 4);
      const text = Array.from({ length }, () => `the ${pick(words)} ${pick(joints)} ${pick(words)}`).join(', ');
      sentences.push(await speak(text, index, folder));
    }
    return sentences;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function speak(text, index, folder) {
  const wav = join(folder, 'sentence.wav');
  const raw = join(folder, 'sentence.raw');
  if (onPath('espeak-ng')) {
    const { name, speed } = voices[index % voices.length];
    await runOrThrow('espeak-ng', ['-v', name, '-s', String(speed), '-w', wav, text], { quiet: true });
  } else if (onPath('flite')) {
    await runOrThrow('flite', ['-voice', fliteVoices[index % fliteVoices.length], '-t', text, '-o', wav], {
      quiet: true,
    });
  } else {
    throw new Error('No speech synthesiser was found. Install espeak-ng or flite.');
  }
  await ffmpeg(['-i', wav, '-f', 's16le', '-ar', String(speechRate), '-ac', '1', raw]);
  return readFileSync(raw);
}

/** The header of a recording of nearly 2 GB; its samples are a hole in the file, which takes no room on most disks. */
function makeLargeWav(path) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(twoGigabytes - 8, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(44_100, 24);
  header.writeUInt32LE(44_100 * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(twoGigabytes - 44, 40);
  const file = openSync(path, 'w');
  writeSync(file, header);
  ftruncateSync(file, twoGigabytes);
  closeSync(file);
}

/** Noise that does not compress, in ALAC at a high rate: a file that is large by its bytes, as video files are, not by its packets. */
function makeNoise(path) {
  return ffmpeg([
    ...['-f', 'lavfi', '-i', 'anoisesrc=sample_rate=192000:amplitude=1:seed=5:duration=20'],
    '-ac',
    '2',
    '-c:a',
    'alac',
    '-sample_fmt',
    's32p',
    path,
  ]);
}
