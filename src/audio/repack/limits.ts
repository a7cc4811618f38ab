import type { TimeRange } from '../../core/clip.js';
import type { Piece } from '../engine.js';

/** What the pieces of a recording that is not decoded have to keep to. */
export interface RepackLimits {
  /** Hard. */
  readonly maxBytes: number;
  /** Hard. */
  readonly maxSeconds: number;
  readonly range?: TimeRange;
}

/** The best place to cut within a range of the recording; asked for only when a cut is needed. */
export type ChooseBorder = (fromSeconds: number, toSeconds: number) => Promise<number>;

export type RepackedPieces = AsyncGenerator<Piece, void, undefined>;

/** The part of a full piece in which the cut may fall, and the most of it. */
const windowShare = 0.2;
const windowSecondsLimit = 20;
/** A scrap at the end is not worth sending. */
const lookaheadSeconds = 1;

/** How long before the end of a full piece of so many seconds the cut may fall. */
export function borderWindowSeconds(fullSeconds: number): number {
  return Math.min(windowSecondsLimit, fullSeconds * windowShare);
}

/** The latest place for a cut, so that the rest is worth a piece of its own when the recording ends right after. */
export function latestBorder(startSeconds: number, fullSeconds: number, collectedSeconds: number): number {
  const scrap = Math.max(0, lookaheadSeconds - (collectedSeconds - fullSeconds));
  return startSeconds + fullSeconds - Math.min(scrap, fullSeconds / 2);
}
