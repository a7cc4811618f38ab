import { describe, expect, it } from 'vitest';
import { EarshotError, errorPolicy, toEarshotError } from '../../../src/core/errors.js';
import { formatOfFileName, formatOfMediaType } from '../../../src/core/media.js';
import { parseModelRef } from '../../../src/core/model.js';
import { formatByteLength, formatDuration, formatTimecode } from '../../../src/core/timecode.js';
import { refuseImagesWithAudio } from '../../../src/core/conversation.js';

describe('model references', () => {
  it('keep the colons of the model’s own id', () => {
    expect(parseModelRef('ollama:gemma4:e4b', 'earshot.model')).toEqual({ provider: 'ollama', model: 'gemma4:e4b' });
  });

  it('leave the choice open for auto', () => {
    expect(parseModelRef('auto', 'earshot.model')).toBeUndefined();
    expect(parseModelRef('  ', 'earshot.model')).toBeUndefined();
  });

  it.each(['gpt-audio', ':x', 'openai:'])('refuse %s, naming the setting', (value) => {
    expect(() => parseModelRef(value, 'earshot.model')).toThrow(/earshot\.model .*provider:model/);
  });
});

describe('media', () => {
  it.each([
    ['audio/x-m4a; codecs=mp4a.40.2', 'mp4'],
    ['AUDIO/X-WAV', 'wav'],
    ['application/ogg', 'ogg'],
    ['audio/mpeg', 'mp3'],
    ['text/plain', undefined],
  ])('%s means %s', (mediaType, format) => {
    expect(formatOfMediaType(mediaType)).toBe(format);
  });

  it('does not take TypeScript for a transport stream', () => {
    expect(formatOfFileName('index.ts')).toBeUndefined();
    expect(formatOfFileName('a.b/Interview.M4A')).toBe('mp4');
    expect(formatOfFileName('README')).toBeUndefined();
  });
});

describe('times and sizes', () => {
  it('round before they carry', () => {
    expect(formatTimecode(59.9996)).toBe('00:01:00.000');
    expect(formatDuration(3599.6)).toBe('1:00:00');
    expect(formatDuration(75.4)).toBe('1:15');
    expect(formatTimecode(Number.NaN)).toBe('00:00:00.000');
    expect(formatByteLength(999_999)).toBe('1.0 MB');
  });
});

describe('errors', () => {
  it('know whose turn it is, and offer Retry only where the same request may succeed', () => {
    for (const [reason, { turn, retry }] of Object.entries(errorPolicy)) {
      if (retry) expect(['wait', 'vendor'], reason).toContain(turn);
    }
  });

  it('take an AbortError for a cancellation and anything else unknown for our own', () => {
    expect(toEarshotError(new DOMException('x', 'AbortError')).reason).toBe('cancelled');
    expect(toEarshotError(new TypeError('x is not a function')).reason).toBe('bug');
    const known = new EarshotError('timeout', 'Too late.');
    expect(toEarshotError(known)).toBe(known);
  });

  it('refuse images and audio in one turn', () => {
    const audio = { type: 'input_audio', input_audio: { data: new Uint8Array(1), format: 'wav' } } as const;
    const image = { type: 'image', image: { data: new Uint8Array(1), mediaType: 'image/png' } } as const;
    expect(() => {
      refuseImagesWithAudio([{ role: 'user', content: [audio, image] }]);
    }).toThrow(/Images and audio/);
    expect(() => {
      refuseImagesWithAudio([
        { role: 'user', content: [audio] },
        { role: 'user', content: [image] },
      ]);
    }).not.toThrow();
  });
});
