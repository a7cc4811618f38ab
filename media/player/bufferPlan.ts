/** What a player has of the sound, and where it is. Seconds on the recording's clock. */
export interface BufferState {
  readonly positionSeconds: number;
  /** Absent: nothing. One part without gaps. */
  readonly buffered?: { readonly startSeconds: number; readonly endSeconds: number };
  /** Whether the last piece of the recording is in the buffer. */
  readonly reachesEnd: boolean;
  readonly speed: number;
}

export type BufferStep =
  /** The place is not in the buffer: begin anew there. */
  | { readonly kind: 'begin'; readonly startSeconds: number }
  | { readonly kind: 'more'; readonly startSeconds: number }
  | { readonly kind: 'wait' };

/** So much is fetched ahead at the usual speed: a slow line may stall for a while, and what is not heard was not much. */
const aheadSeconds = 20;
/** So much that was heard is kept, to go back at once. */
export const keptBehindSeconds = 30;
/** Ends of pieces are rounded to a microsecond by browsers. */
const toleranceSeconds = 0.01;

/** What to fetch next. */
export function planBuffering({ positionSeconds, buffered, reachesEnd, speed }: BufferState): BufferStep {
  const begin = { kind: 'begin', startSeconds: Math.max(0, positionSeconds) } as const;
  if (buffered === undefined) return reachesEnd ? { kind: 'wait' } : begin;
  const { startSeconds, endSeconds } = buffered;
  const isBehindEnd = reachesEnd && positionSeconds >= endSeconds - toleranceSeconds;
  if (isBehindEnd) return { kind: 'wait' };
  const isInside =
    positionSeconds >= startSeconds - toleranceSeconds && positionSeconds <= endSeconds + toleranceSeconds;
  if (!isInside) return begin;
  const isEnough = endSeconds - positionSeconds >= aheadSeconds * Math.max(1, speed);
  return isEnough || reachesEnd ? { kind: 'wait' } : { kind: 'more', startSeconds: endSeconds };
}

/** Up to where the buffer may be emptied; undefined when that is not worth it. */
export function evictableUntil({ positionSeconds, buffered }: BufferState): number | undefined {
  if (buffered === undefined) return undefined;
  const until = positionSeconds - keptBehindSeconds;
  return until > buffered.startSeconds + keptBehindSeconds / 3 ? until : undefined;
}
