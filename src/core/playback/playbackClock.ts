/** What a player says of itself, now and then. */
export interface PlaybackReport {
  readonly positionSeconds: number;
  /** Whether it is moving. */
  readonly isSounding: boolean;
  /** Seconds of the recording in a second. */
  readonly speed: number;
}

/** Where a player is by now, between two of its reports. */
export interface PlaybackClock {
  report(report: PlaybackReport): void;
  /** On the recording's clock. */
  readonly positionSeconds: number;
  /** How long until it reaches a place; undefined while it stands still or is past it. */
  millisecondsUntil(positionSeconds: number): number | undefined;
}

/**
 * @param now Milliseconds on any clock that only goes forward.
 * @param leadMilliseconds How far ahead of the last report's arrival the player is taken to be: the time that messages take.
 */
export function createPlaybackClock(now: () => number, leadMilliseconds: () => number = () => 0): PlaybackClock {
  let last: PlaybackReport = { positionSeconds: 0, isSounding: false, speed: 1 };
  let at = now();
  const position = (): number =>
    last.isSounding
      ? last.positionSeconds + ((now() - at + leadMilliseconds()) / 1000) * last.speed
      : last.positionSeconds;
  return {
    report(report) {
      last = report;
      at = now();
    },
    get positionSeconds() {
      return position();
    },
    millisecondsUntil(positionSeconds) {
      const distance = positionSeconds - position();
      return last.isSounding && distance > 0 ? (distance / last.speed) * 1000 : undefined;
    },
  };
}
