import { describe, expect, it } from 'vitest';
import { createPlaybackClock } from '../../../../src/core/playback/playbackClock.js';

describe('the clock of a player', () => {
  it('goes on by itself between two reports, as fast as the player', () => {
    let now = 5000;
    const clock = createPlaybackClock(() => now);
    clock.report({ positionSeconds: 10, isSounding: true, speed: 2 });
    expect(clock.positionSeconds).toBe(10);
    now += 1500;
    expect(clock.positionSeconds).toBe(13);
    expect(clock.millisecondsUntil(14)).toBe(500);
    expect(clock.millisecondsUntil(13)).toBeUndefined();
  });

  it('stands still with the player', () => {
    let now = 0;
    const clock = createPlaybackClock(() => now);
    clock.report({ positionSeconds: 10, isSounding: false, speed: 1 });
    now += 60_000;
    expect(clock.positionSeconds).toBe(10);
    expect(clock.millisecondsUntil(11)).toBeUndefined();
  });

  it('is ahead of the last report by as long as messages take', () => {
    const clock = createPlaybackClock(
      () => 0,
      () => 80,
    );
    clock.report({ positionSeconds: 1, isSounding: true, speed: 1 });
    expect(clock.positionSeconds).toBeCloseTo(1.08);
    clock.report({ positionSeconds: 1, isSounding: false, speed: 1 });
    expect(clock.positionSeconds).toBe(1);
  });
});
