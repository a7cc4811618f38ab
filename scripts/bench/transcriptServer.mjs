// A transcription server that costs nothing but its latency: takes whatever MP4 comes, holds none of it, and answers with one
// cue for every few seconds of it, so long after the last byte. It does not decode, as the server of the tests does, since
// that would take the time and the processor of what is measured.
//     node scripts/bench/transcriptServer.mjs <seconds of latency>
// Prints `{ "baseUrl" }`, and when its standard input ends `{ "requests", "mostAtOnce" }`.
import { createServer } from 'node:http';

const latencyMilliseconds = Number(process.argv[2] ?? 2) * 1000;
const cueSeconds = 3.6;
const wordsPerCue = 8;
const vocabulary =
  'time people way day thing world life hand part child eye woman place work week case point number'.split(' ');

let requests = 0;
let atOnce = 0;
let mostAtOnce = 0;

/** From the movie header of the MP4 in a form. */
function durationOf(body) {
  const header = body.indexOf('mvhd');
  if (header < 0) throw new Error('There is no movie header in what was sent.');
  const isLong = body[header + 4] === 1;
  const timescale = body.readUInt32BE(header + (isLong ? 24 : 16));
  const duration = isLong ? Number(body.readBigUInt64BE(header + 28)) : body.readUInt32BE(header + 20);
  if (timescale === 0 || duration === 0) throw new Error('The movie header does not say how long the movie is.');
  return duration / timescale;
}

/** No two cues are alike, and none is faster than people speak. */
function cueText(request, index) {
  const words = Array.from(
    { length: wordsPerCue - 1 },
    (_, word) => vocabulary[(request * 7 + index * 5 + word * (1 + (index % 11))) % vocabulary.length],
  );
  return [...words, `${request}-${index}.`];
}

function answer(request, body) {
  const duration = durationOf(body);
  const segments = [];
  const words = [];
  for (let index = 0; index * cueSeconds < duration; index++) {
    const start = index * cueSeconds;
    const end = Math.min(duration, start + cueSeconds - 0.2);
    if (end <= start) break;
    const text = cueText(request, index);
    segments.push({ id: index, start, end, text: ` ${text.join(' ')}`, no_speech_prob: 0.01, avg_logprob: -0.2 });
    const each = (end - start) / text.length;
    text.forEach((word, at) => words.push({ word, start: start + at * each, end: start + (at + 1) * each }));
  }
  const text = segments.map((segment) => segment.text.trim()).join(' ');
  return { task: 'transcribe', language: 'english', duration, text, segments, words };
}

const server = createServer((request, response) => {
  const isTranscription = request.method === 'POST' && request.url?.endsWith('/audio/transcriptions') === true;
  const number = isTranscription ? ++requests : 0;
  if (isTranscription) mostAtOnce = Math.max(mostAtOnce, ++atOnce);
  const chunks = [];
  request.on('data', (chunk) => isTranscription && chunks.push(chunk));
  request.on('end', () => {
    if (!isTranscription) {
      response.writeHead(404).end();
      return;
    }
    const reply = JSON.stringify(answer(number, Buffer.concat(chunks)));
    setTimeout(() => {
      atOnce--;
      response.writeHead(200, { 'content-type': 'application/json' }).end(reply);
    }, latencyMilliseconds);
  });
}).listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ baseUrl: `http://127.0.0.1:${server.address().port}/v1` }));
});
process.stdin.resume().once('end', () => {
  console.log(JSON.stringify({ requests, mostAtOnce }));
  server.closeAllConnections();
  server.close();
});
