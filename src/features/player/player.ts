import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { createPlaybackClock } from '../../core/playback/playbackClock.js';
import type { PlaybackClock } from '../../core/playback/playbackClock.js';
import { transcriptBeside } from '../../host/recordings.js';
import type { Services } from '../../host/services.js';
import type { Handlers } from '../../protocol/endpoint.js';
import { speedLimits } from '../../protocol/player.js';
import type {
  PlayerHost,
  PlayerRecording,
  PlayerSnapshot,
  PlayerState,
  PlayerTarget,
  SpokenCue,
} from '../../protocol/player.js';
import { PieceRun } from './pieceRun.js';
import { createPlayerView } from './playerView.js';

export interface PlayOptions {
  /** Stops here, on the recording's clock. */
  readonly until?: number;
  /** Whose cues are shown; absent: the transcript beside the recording. */
  readonly transcript?: vscode.Uri;
}

/** The one player of the window. */
export interface Player {
  readonly dispose: () => void;
  /**
   * Plays a recording from a time on and brings the player into sight, without taking the focus.
   * @throws EarshotError `unsupported-media`, `clip-empty`, `clip-unreadable`, `clip-too-large`.
   */
  play(recording: vscode.Uri, seconds: number, options?: PlayOptions): Promise<void>;
  /** Moves within what is in the player; plays on or stays paused as before. */
  seek(seconds: number): void;
  playOrPause(): void;
  /** What is in the player. */
  readonly recording: vscode.Uri | undefined;
  readonly transcript: vscode.Uri | undefined;
  readonly isFollowing: boolean;
  readonly isLedByCaret: boolean;
  readonly clock: PlaybackClock;
  /** Fires when the place, the speed, the recording or what is wished of the transcript changed. */
  readonly onDidChange: vscode.Event<void>;
  readonly onDidAskForCue: vscode.Event<'previous' | 'next'>;
  /** What the view shows as being said. */
  showCue(cue: SpokenCue | undefined): void;
}

const storedKeys = { speed: 'player.speed', follow: 'player.follow' } as const;
/** How often the time that messages take is measured while it plays. */
const pingMilliseconds = 1000;
const measuredTrips = 10;
const longestTripMilliseconds = 500;

export function createPlayer(
  { engine, openClip, log }: Services,
  context: Pick<vscode.ExtensionContext, 'extensionUri' | 'globalState'>,
  choose: () => void,
): Player {
  const changed = new vscode.EventEmitter<void>();
  const cueAsked = new vscode.EventEmitter<'previous' | 'next'>();
  let messageMilliseconds = 0;
  const tripMilliseconds: number[] = [];
  let pingedAt = 0;
  const clock = createPlaybackClock(
    () => performance.now(),
    () => messageMilliseconds,
  );
  let current: { readonly uri: vscode.Uri; readonly recording: PlayerRecording; readonly pieces: PieceRun } | undefined;
  let transcript: vscode.Uri | undefined;
  let target: PlayerTarget | undefined;
  let state: PlayerState | undefined;
  let cue: SpokenCue | undefined;
  let speed = clampSpeed(context.globalState.get<number>(storedKeys.speed));
  let isFollowing = context.globalState.get<boolean>(storedKeys.follow) ?? true;
  let isLedByCaret = false;
  let lastId = 0;
  let calls = 0;

  const snapshot = (): PlayerSnapshot => ({
    ...(current === undefined ? {} : { recording: current.recording }),
    ...(target === undefined ? {} : { target }),
    ...(cue === undefined ? {} : { cue }),
    speed,
    isFollowing,
    isLedByCaret,
    hasTranscript: transcript !== undefined,
  });
  const send = (): void => {
    view.endpoint?.tell('snapshot', snapshot());
  };
  const aim = (positionSeconds: number, isPlaying: boolean, until?: number): void => {
    target = {
      revision: (target?.revision ?? 0) + 1,
      positionSeconds,
      isPlaying,
      ...(until === undefined ? {} : { untilSeconds: until }),
    };
  };
  /** Half of it is on the way of the report, the other half on that of what is shown. */
  const measure = async (): Promise<void> => {
    const now = performance.now();
    if (now - pingedAt < pingMilliseconds || view.endpoint === undefined) return;
    pingedAt = now;
    await view.endpoint.ask('ping', undefined, pingMilliseconds).catch(() => undefined);
    tripMilliseconds.push(performance.now() - now);
    if (tripMilliseconds.length > measuredTrips) tripMilliseconds.shift();
    // A machine that was busy for a moment makes a trip longer; none is shorter than the line is long.
    messageMilliseconds = Math.min(longestTripMilliseconds, ...tripMilliseconds);
  };

  const handlers: Handlers<PlayerHost> = {
    answer: {
      snapshot,
      piece: (request) => {
        if (current?.recording.id !== request.recordingId) {
          throw new EarshotError('cancelled', 'Another recording is in the player.');
        }
        return current.pieces.next(request);
      },
    },
    hear: {
      state: (reported) => {
        if (reported.recordingId !== current?.recording.id || reported.revision < (target?.revision ?? 0)) return;
        state = reported;
        clock.report(reported);
        if (reported.isSounding) void measure();
        changed.fire();
      },
      speed: (wished) => {
        speed = clampSpeed(wished);
        void context.globalState.update(storedKeys.speed, speed);
        send();
      },
      isFollowing: (wished) => {
        isFollowing = wished;
        void context.globalState.update(storedKeys.follow, wished);
        send();
        changed.fire();
      },
      isLedByCaret: (wished) => {
        isLedByCaret = wished;
        send();
        changed.fire();
      },
      goToCue: (which) => {
        cueAsked.fire(which);
      },
      choose,
      failed: ({ message }) => {
        log.warn(`The player: ${message}`);
      },
    },
  };
  const view = createPlayerView(context.extensionUri, handlers, () => {
    // A new page knows nothing of what the one before did since its last target.
    if (state !== undefined && state.revision === target?.revision) {
      aim(clock.positionSeconds, state.isPlaying);
    }
    clock.report({ positionSeconds: clock.positionSeconds, isSounding: false, speed });
  });

  async function load(uri: vscode.Uri): Promise<NonNullable<typeof current>> {
    if (current?.uri.toString() === uri.toString()) return current;
    const { name, source } = await openClip(uri);
    const { durationSeconds } = await engine.probe(source);
    return {
      uri,
      recording: { id: ++lastId, name, ...(durationSeconds === undefined ? {} : { durationSeconds }) },
      pieces: new PieceRun(engine, source),
    };
  }

  return {
    clock,
    onDidChange: changed.event,
    onDidAskForCue: cueAsked.event,
    get recording() {
      return current?.uri;
    },
    get transcript() {
      return transcript;
    },
    get isFollowing() {
      return isFollowing;
    },
    get isLedByCaret() {
      return isLedByCaret;
    },
    async play(uri, seconds, options = {}) {
      const call = ++calls;
      const loaded = await load(uri);
      const beside = options.transcript ?? (loaded === current ? transcript : await transcriptBeside(uri));
      // Somebody pressed another one meanwhile.
      if (call !== calls) {
        if (loaded !== current) loaded.pieces.close();
        return;
      }
      if (loaded !== current) {
        current?.pieces.close();
        cue = undefined;
      }
      current = loaded;
      transcript = beside;
      aim(seconds, true, options.until);
      clock.report({ positionSeconds: seconds, isSounding: false, speed });
      await view.show();
      send();
      changed.fire();
    },
    seek(seconds) {
      if (current === undefined) return;
      aim(Math.max(0, seconds), state?.isPlaying ?? false);
      send();
    },
    playOrPause() {
      view.endpoint?.tell('playOrPause', undefined);
    },
    showCue(shown) {
      if (shown?.text === cue?.text && shown?.speaker === cue?.speaker) return;
      cue = shown;
      send();
    },
    dispose() {
      current?.pieces.close();
      view.dispose();
      changed.dispose();
      cueAsked.dispose();
    },
  };
}

function clampSpeed(speed: number | undefined): number {
  if (speed === undefined || !Number.isFinite(speed)) return 1;
  return Math.min(speedLimits.fastest, Math.max(speedLimits.slowest, speed));
}
