/** What the pieces are: FLAC in fragments of MP4, which needs no codec that a browser may lack for its licence. */
export const playbackMediaType = 'audio/mp4; codecs="flac"';

/** What is in the player. */
export interface PlayerRecording {
  /** Another one each time a recording is put into the player. */
  readonly id: number;
  /** The file's name. */
  readonly name: string;
  /** Absent: not known without reading everything. */
  readonly durationSeconds?: number;
}

/** Where the player is to go. The view obeys each revision once. */
export interface PlayerTarget {
  readonly revision: number;
  readonly positionSeconds: number;
  /** Stops here; absent: plays on. */
  readonly untilSeconds?: number;
  readonly isPlaying: boolean;
}

/** What is being said. */
export interface SpokenCue {
  readonly speaker?: string;
  readonly text: string;
}

/** Everything the view shows, at once: a view that slept has missed nothing once it has the latest. */
export interface PlayerSnapshot {
  readonly recording?: PlayerRecording;
  readonly target?: PlayerTarget;
  /** 0.5 to 3; the pitch stays. */
  readonly speed: number;
  /** Whether the transcript scrolls along. */
  readonly isFollowing: boolean;
  /** Whether moving the caret in the transcript moves the player. */
  readonly isLedByCaret: boolean;
  readonly hasTranscript: boolean;
  readonly cue?: SpokenCue;
}

/** What the view's sound is doing. */
export interface PlayerState {
  readonly recordingId: number;
  /** Which target it has obeyed last. */
  readonly revision: number;
  readonly positionSeconds: number;
  /** Whether sound is coming out just now. */
  readonly isSounding: boolean;
  /** Whether it would, if it had the sound. */
  readonly isPlaying: boolean;
  readonly speed: number;
}

export interface PieceRequest {
  readonly recordingId: number;
  /** Pieces of one run follow each other; a new run lets go of the one before. */
  readonly run: number;
  /** Where the last piece ended, or where to begin. */
  readonly startSeconds: number;
}

/** Undefined behind the end. */
export type PlayerPiece =
  | {
      readonly bytes: Uint8Array;
      readonly startSeconds: number;
      readonly endSeconds: number;
      /** What could not be read, in a sentence. */
      readonly problem?: string;
    }
  | undefined;

/** What the view asks of its host half, and tells it. */
export interface PlayerHost {
  readonly asks: {
    readonly snapshot: readonly [request: undefined, answer: PlayerSnapshot];
    readonly piece: readonly [request: PieceRequest, answer: PlayerPiece];
  };
  readonly tells: {
    readonly state: PlayerState;
    readonly speed: number;
    readonly isFollowing: boolean;
    readonly isLedByCaret: boolean;
    /** To the beginning of the cue before, of the next one, or of the one being spoken. */
    readonly goToCue: 'previous' | 'next';
    /** Choose another recording. */
    readonly choose: undefined;
    /** Something is wrong with the sound itself. */
    readonly failed: { readonly message: string };
  };
}

/** What the host half asks of the view, and tells it. */
export interface PlayerView {
  readonly asks: {
    /** Tells how long messages take. */
    readonly ping: readonly [request: undefined, answer: undefined];
  };
  readonly tells: {
    readonly snapshot: PlayerSnapshot;
    readonly playOrPause: undefined;
  };
}

export const speedLimits = { slowest: 0.5, fastest: 3 } as const;
