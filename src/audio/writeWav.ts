import { speechSampleRate, wavByteLength, wavHeaderByteLength } from './speechFormat.js';

export { roundToPcm16 } from './toPcm16.js';

/** Fills in the 44 bytes in front of PCM16 samples that already lie behind them: of 16 kHz mono unless said. */
export function writeWavHeader(file: Uint8Array, sampleRate: number = speechSampleRate, channelCount = 1): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const dataByteLength = file.byteLength - wavHeaderByteLength;
  const ascii = (offset: number, text: string): void => {
    for (let index = 0; index < text.length; index++) view.setUint8(offset + index, text.charCodeAt(index));
  };
  ascii(0, 'RIFF');
  view.setUint32(4, file.byteLength - 8, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channelCount, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2 * channelCount, true);
  view.setUint16(32, 2 * channelCount, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, dataByteLength, true);
}

/** 16 kHz mono samples as a WAV file. */
export function writeWav(samples: Int16Array): Uint8Array {
  const file = new Uint8Array(wavByteLength(samples.length));
  file.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), wavHeaderByteLength);
  writeWavHeader(file);
  return file;
}
