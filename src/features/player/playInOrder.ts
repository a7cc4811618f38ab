import type * as vscode from 'vscode';
import type { TimeRange } from '../../core/clip.js';
import type { Player } from './player.js';

/** A part of a recording. */
export interface Place extends TimeRange {
  readonly recording: vscode.Uri;
}

/** A moment without length is played for so long, and from a little before it. */
const momentSeconds = 6;
const leadSeconds = 0.5;
/** A player stops within so much of the end. */
const endSlackSeconds = 0.3;

/** With lead and length for moments, and one for places that overlap. */
function played(places: readonly Place[]): readonly Place[] {
  const whole: Place[] = [];
  for (const { recording, startSeconds, endSeconds } of places) {
    const start = Math.max(0, startSeconds - leadSeconds);
    const end = Math.max(endSeconds, startSeconds + momentSeconds - leadSeconds);
    const last = whole.at(-1);
    const goesOn =
      last?.recording.toString() === recording.toString() && start >= last.startSeconds && start <= last.endSeconds;
    if (goesOn) whole[whole.length - 1] = { ...last, endSeconds: Math.max(last.endSeconds, end) };
    else whole.push({ recording, startSeconds: start, endSeconds: end });
  }
  return whole;
}

/** Waits until the player has come to the end of a place. False when somebody moved it elsewhere. */
function reached(
  player: Player,
  { recording, startSeconds, endSeconds }: Place,
  durationSeconds: number | undefined,
): Promise<boolean> {
  const end = Math.min(endSeconds, durationSeconds ?? endSeconds);
  return new Promise((resolve) => {
    let hasSounded = false;
    const subscription = player.onDidChange(() => {
      const { positionSeconds } = player.clock;
      const isSounding = player.clock.millisecondsUntil(Infinity) !== undefined;
      hasSounded ||= isSounding;
      const isElsewhere =
        player.recording?.toString() !== recording.toString() ||
        positionSeconds < startSeconds - 1 ||
        positionSeconds > end + 1;
      const isAtEnd = hasSounded && !isSounding && positionSeconds >= end - endSlackSeconds;
      if (!isElsewhere && !isAtEnd) return;
      subscription.dispose();
      resolve(!isElsewhere);
    });
  });
}

let run = 0;

/**
 * Plays places one after another, until somebody plays something else. Resolves when the last has begun to be waited for no more.
 * @returns How many were played to their end.
 */
export async function playInOrder(
  player: Player,
  places: readonly Place[],
  durationOf: (recording: vscode.Uri) => Promise<number | undefined>,
): Promise<number> {
  const mine = ++run;
  let count = 0;
  for (const place of played(places)) {
    const durationSeconds = await durationOf(place.recording);
    if (mine !== run) break;
    await player.play(place.recording, place.startSeconds, { until: place.endSeconds });
    if (!(await reached(player, place, durationSeconds)) || mine !== run) break;
    count++;
  }
  return count;
}
