import { describe, expect, it } from 'vitest';
import { keyAction } from '../../../../media/player/keys.js';
import { formatClock, nextSpeed, speakClock, speeds } from '../../../../media/player/speeds.js';
import { speedLimits } from '../../../../src/protocol/player.js';

const pressed = (key: string, modifiers = {}) =>
  keyAction({ key, ctrlKey: false, altKey: false, metaKey: false, ...modifiers });

describe('keys', () => {
  it.each([
    [' ', { kind: 'play-or-pause' }],
    ['K', { kind: 'play-or-pause' }],
    ['j', { kind: 'seek-by', seconds: -10 }],
    ['L', { kind: 'seek-by', seconds: 10 }],
    ['ArrowLeft', { kind: 'seek-by', seconds: -5 }],
    [',', { kind: 'go-to-cue', which: 'previous' }],
    ['.', { kind: 'go-to-cue', which: 'next' }],
    ['End', { kind: 'seek-to', share: 1 }],
    [']', { kind: 'faster-by', steps: 1 }],
  ])('%j does what people expect', (key, action) => {
    expect(pressed(key)).toEqual(action);
  });

  it('leaves to VS Code what is pressed with a modifier, and every other key', () => {
    expect(pressed('k', { ctrlKey: true })).toBeUndefined();
    expect(pressed(' ', { metaKey: true })).toBeUndefined();
    expect(pressed('Tab')).toBeUndefined();
    expect(pressed('constructor')).toBeUndefined();
  });
});

describe('speeds', () => {
  it('reach from half to threefold, step by step, and stop there', () => {
    expect([speeds[0], speeds.at(-1)]).toEqual([speedLimits.slowest, speedLimits.fastest]);
    expect([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(3, 1), nextSpeed(0.5, -1), nextSpeed(1.1, 1)]).toEqual([
      1.25, 0.75, 3, 0.5, 1.25,
    ]);
  });
});

describe('times', () => {
  it('are short for the eye and whole words for the ear', () => {
    expect([0, 75.9, 3723, Number.NaN].map(formatClock).slice(0, 3)).toEqual(['0:00', '1:15', '1:02:03']);
    expect([0, 61, 3723].map(speakClock)).toEqual(['0 seconds', '1 minute 1 second', '1 hour 2 minutes 3 seconds']);
  });
});
