import { describe, expect, it } from 'vitest';
import { evictableUntil, planBuffering } from '../../../../media/player/bufferPlan.js';

const state = { positionSeconds: 50, reachesEnd: false, speed: 1 };

describe('buffering', () => {
  it('begins where the player is when there is nothing, or when it is somewhere else', () => {
    expect(planBuffering(state)).toEqual({ kind: 'begin', startSeconds: 50 });
    for (const buffered of [
      { startSeconds: 0, endSeconds: 40 },
      { startSeconds: 60, endSeconds: 90 },
    ]) {
      expect(planBuffering({ ...state, buffered })).toEqual({ kind: 'begin', startSeconds: 50 });
    }
  });

  it('goes on at the end of the buffer until there is enough ahead, and more where it plays faster', () => {
    const buffered = { startSeconds: 45, endSeconds: 60 };
    expect(planBuffering({ ...state, buffered })).toEqual({ kind: 'more', startSeconds: 60 });
    const full = { ...state, buffered: { startSeconds: 45, endSeconds: 71 } };
    expect(planBuffering(full)).toEqual({ kind: 'wait' });
    expect(planBuffering({ ...full, speed: 2 })).toEqual({ kind: 'more', startSeconds: 71 });
  });

  it('waits at the end of the recording, and begins anew when somebody goes back', () => {
    const buffered = { startSeconds: 45, endSeconds: 50 };
    expect(planBuffering({ ...state, reachesEnd: true, buffered })).toEqual({ kind: 'wait' });
    expect(planBuffering({ ...state, reachesEnd: true, buffered, positionSeconds: 10 })).toEqual({
      kind: 'begin',
      startSeconds: 10,
    });
  });

  it('is not thrown by the rounding of a sample at either end', () => {
    expect(planBuffering({ ...state, buffered: { startSeconds: 50.00002, endSeconds: 100 } })).toEqual({
      kind: 'wait',
    });
    expect(planBuffering({ ...state, buffered: { startSeconds: 40, endSeconds: 49.99999 } })).toMatchObject({
      kind: 'more',
    });
  });

  it('keeps what was heard last and lets go of what was heard long ago, so that memory does not grow', () => {
    let startSeconds = 0;
    let longest = 0;
    let keptLeast = Infinity;
    for (let positionSeconds = 0; positionSeconds < 36_000; positionSeconds += 0.25) {
      const buffered = { startSeconds, endSeconds: positionSeconds + 20 };
      startSeconds = evictableUntil({ ...state, positionSeconds, buffered }) ?? startSeconds;
      longest = Math.max(longest, buffered.endSeconds - startSeconds);
      if (positionSeconds > 60) keptLeast = Math.min(keptLeast, positionSeconds - startSeconds);
    }
    expect(keptLeast).toBe(30);
    expect(longest).toBeLessThan(65);
  });
});
