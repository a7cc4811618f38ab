import { createEndpoint } from '../../src/protocol/endpoint.js';
import type { Channel, Endpoint } from '../../src/protocol/endpoint.js';
import type { PlayerHost, PlayerSnapshot, PlayerState, PlayerTarget, PlayerView } from '../../src/protocol/player.js';
import { playbackMediaType } from '../../src/protocol/player.js';
import { PlayerControls } from './controls.js';
import { keyAction } from './keys.js';
import { nextSpeed } from './speeds.js';
import { StreamedSound } from './streamedSound.js';

/** How often the host half hears where the sound is, when nothing else happens. */
const reportMilliseconds = 1000;
/** How close to its end a part must be to be stopped by a timer, in real time. */
const stopTimerMilliseconds = 400;
const loudEnough = 'Press Play here once: VS Code lets a view sound only after a key or a click in it.';

/** One recording at a time: its sound, its controls, and the way to the host half. */
export class Player {
  readonly #audio = document.createElement('audio');
  readonly #controls: PlayerControls;
  readonly #endpoint: Endpoint<PlayerHost>;
  readonly #closing = new AbortController();
  #snapshot: PlayerSnapshot = {
    speed: 1,
    isFollowing: true,
    isLedByCaret: false,
    hasTranscript: false,
  };
  #sound: StreamedSound | undefined;
  #recordingId: number | undefined;
  #revision = 0;
  #untilSeconds: number | undefined;
  #stopTimer: ReturnType<typeof setTimeout> | undefined;
  #isSounding = false;
  #trouble: string | undefined;
  #frame = 0;

  constructor(root: HTMLElement, channel: Channel) {
    this.#endpoint = createEndpoint<PlayerView, PlayerHost>(channel, {
      answer: { ping: () => undefined },
      hear: {
        snapshot: (snapshot) => {
          this.#apply(snapshot);
        },
        playOrPause: () => {
          this.#playOrPause();
        },
      },
    });
    this.#controls = new PlayerControls({
      playOrPause: () => {
        this.#playOrPause();
      },
      seekTo: (seconds) => {
        this.#seek(seconds);
      },
      seekBy: (seconds) => {
        this.#seekBy(seconds);
      },
      goToCue: (which) => {
        this.#endpoint.tell('goToCue', which);
      },
      setSpeed: (speed) => {
        this.#setSpeed(speed);
      },
      follow: (isFollowing) => {
        this.#endpoint.tell('isFollowing', isFollowing);
      },
      beLedByCaret: (isLedByCaret) => {
        this.#endpoint.tell('isLedByCaret', isLedByCaret);
      },
      choose: () => {
        this.#endpoint.tell('choose', undefined);
      },
    });
    root.append(this.#controls.element, this.#audio);
    this.#audio.preservesPitch = true;
    this.#listen();
    this.#show();
    this.wake();
  }

  /** Catches up with what was missed while the view slept or was not there. */
  wake(): void {
    this.#endpoint.ask('snapshot', undefined).then(
      (snapshot) => {
        this.#apply(snapshot);
      },
      (error: unknown) => {
        this.#trouble = messageOf(error);
        this.#show();
      },
    );
  }

  dispose(): void {
    this.#closing.abort();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#stopTimer);
    this.#sound?.dispose();
    this.#endpoint.dispose();
  }

  #listen(): void {
    const { signal } = this.#closing;
    const heard = (event: string, listener: () => void): void => {
      this.#audio.addEventListener(event, listener, { signal });
    };
    const sounding = (isSounding: boolean) => (): void => {
      this.#isSounding = isSounding;
      this.#report();
    };
    heard('playing', sounding(true));
    for (const event of ['waiting', 'pause', 'seeking', 'ended', 'emptied']) heard(event, sounding(false));
    heard('seeked', () => {
      // A place in the buffer goes on sounding without another "playing".
      this.#isSounding = !this.#audio.paused && this.#audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
      this.#report();
    });
    heard('play', () => {
      this.#report();
    });
    heard('ratechange', () => {
      this.#report();
    });
    heard('durationchange', () => {
      this.#show();
    });
    heard('timeupdate', () => {
      this.#planStop();
      this.#show();
    });
    const timer = setInterval(() => {
      if (!this.#audio.paused) this.#report();
    }, reportMilliseconds);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
    });
    window.addEventListener('keydown', this.#pressed, { signal });
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState === 'visible') this.wake();
      },
      { signal },
    );
    this.#offerToSystem();
  }

  /** Keys of headsets and keyboards, and the system's own display of what plays. */
  #offerToSystem(): void {
    const { mediaSession } = navigator;
    const handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
      play: () => void this.#play(),
      pause: () => {
        this.#audio.pause();
      },
      seekbackward: ({ seekOffset }) => {
        this.#seekBy(-(seekOffset ?? 10));
      },
      seekforward: ({ seekOffset }) => {
        this.#seekBy(seekOffset ?? 10);
      },
      seekto: ({ seekTime }) => {
        if (seekTime !== undefined) this.#seek(seekTime);
      },
    };
    for (const [action, handler] of Object.entries(handlers)) {
      mediaSession.setActionHandler(action as MediaSessionAction, handler);
    }
  }

  #apply(snapshot: PlayerSnapshot): void {
    this.#snapshot = snapshot;
    const { recording, target } = snapshot;
    if (recording?.id !== this.#recordingId) this.#load(snapshot);
    else if (target !== undefined && target.revision > this.#revision) this.#obey(target);
    if (this.#audio.playbackRate !== snapshot.speed) this.#audio.playbackRate = snapshot.speed;
    this.#show();
  }

  #load({ recording, target, speed }: PlayerSnapshot): void {
    this.#sound?.dispose();
    this.#sound = undefined;
    this.#recordingId = recording?.id;
    this.#trouble = undefined;
    this.#untilSeconds = undefined;
    if (recording === undefined) return;
    const { id, name, durationSeconds } = recording;
    this.#sound = new StreamedSound({
      audio: this.#audio,
      mediaType: playbackMediaType,
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      startSeconds: target?.positionSeconds ?? 0,
      fetchPiece: (run, startSeconds) => this.#endpoint.ask('piece', { recordingId: id, run, startSeconds }),
      onProblem: (message) => {
        this.#trouble = message;
        this.#show();
      },
      onFailure: (error) => {
        this.#fail(error);
      },
    });
    // A new source begins at the usual speed.
    this.#audio.defaultPlaybackRate = speed;
    this.#audio.playbackRate = speed;
    navigator.mediaSession.metadata = new MediaMetadata({ title: name });
    if (target !== undefined) this.#obey(target);
  }

  #obey({ revision, positionSeconds, untilSeconds, isPlaying }: PlayerTarget): void {
    this.#revision = revision;
    this.#untilSeconds = untilSeconds;
    this.#trouble = undefined;
    this.#sound?.seek(positionSeconds);
    if (isPlaying) void this.#play();
    else this.#audio.pause();
    this.#report();
  }

  async #play(): Promise<void> {
    if (this.#sound === undefined) return;
    this.#trouble = undefined;
    if (this.#audio.ended) this.#sound.seek(0);
    try {
      await this.#audio.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      const mustBeTouched = error instanceof DOMException && error.name === 'NotAllowedError';
      this.#trouble = mustBeTouched ? loudEnough : messageOf(error);
      this.#report();
    }
  }

  #playOrPause(): void {
    this.#untilSeconds = undefined;
    if (this.#audio.paused || this.#audio.ended) void this.#play();
    else this.#audio.pause();
  }

  #seek(seconds: number): void {
    this.#untilSeconds = undefined;
    this.#sound?.seek(seconds);
    this.#show();
  }

  #seekBy(seconds: number): void {
    if (this.#sound !== undefined) this.#seek(this.#sound.positionSeconds + seconds);
  }

  #setSpeed(speed: number): void {
    this.#audio.playbackRate = speed;
    this.#endpoint.tell('speed', speed);
  }

  /** At the end of the part that was asked for. Events of time come too seldom for it. */
  #planStop(): void {
    clearTimeout(this.#stopTimer);
    const until = this.#untilSeconds;
    if (until === undefined || this.#audio.paused) return;
    const milliseconds = ((until - this.#audio.currentTime) / this.#audio.playbackRate) * 1000;
    if (milliseconds > stopTimerMilliseconds) return;
    this.#stopTimer = setTimeout(
      () => {
        if (this.#untilSeconds === until) this.#audio.pause();
      },
      Math.max(0, milliseconds),
    );
  }

  #fail(error: unknown): void {
    this.#audio.pause();
    this.#trouble = messageOf(error);
    this.#endpoint.tell('failed', { message: this.#trouble });
    this.#show();
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    const action = this.#sound === undefined || ownsKeys(event) ? undefined : keyAction(event);
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    switch (action.kind) {
      case 'play-or-pause':
        this.#playOrPause();
        break;
      case 'seek-by':
        this.#seekBy(action.seconds);
        break;
      case 'seek-to':
        this.#seek((this.#sound?.durationSeconds ?? 0) * action.share);
        break;
      case 'go-to-cue':
        if (this.#snapshot.hasTranscript) this.#endpoint.tell('goToCue', action.which);
        else this.#seekBy(action.which === 'next' ? 1 : -1);
        break;
      case 'faster-by':
        this.#setSpeed(nextSpeed(this.#audio.playbackRate, action.steps));
        break;
    }
  };

  #report(): void {
    if (this.#recordingId !== undefined && this.#sound !== undefined) {
      const state: PlayerState = {
        recordingId: this.#recordingId,
        revision: this.#revision,
        positionSeconds: this.#sound.positionSeconds,
        isSounding: this.#isSounding,
        isPlaying: !this.#audio.paused,
        speed: this.#audio.playbackRate,
      };
      this.#endpoint.tell('state', state);
      navigator.mediaSession.playbackState = this.#audio.paused ? 'paused' : 'playing';
    }
    this.#show();
    this.#animate();
  }

  /** The slider moves with the screen while there is sound; without it, only when something happens. */
  #animate(): void {
    cancelAnimationFrame(this.#frame);
    if (!this.#isSounding || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.#frame = requestAnimationFrame(() => {
      this.#show();
      this.#animate();
    });
  }

  #show(): void {
    const { recording, cue } = this.#snapshot;
    const durationSeconds = this.#sound?.durationSeconds ?? recording?.durationSeconds;
    this.#controls.show({
      ...this.#snapshot,
      ...(recording === undefined ? {} : { name: recording.name }),
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(cue === undefined ? {} : { cue }),
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
      positionSeconds: this.#sound?.positionSeconds ?? 0,
      isPlaying: !this.#audio.paused && !this.#audio.ended,
      isWaiting: !this.#isSounding,
      speed: this.#audio.playbackRate,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A list that is open, or a button that Space presses. */
function ownsKeys(event: KeyboardEvent): boolean {
  const [inner] = event.composedPath();
  if (!(inner instanceof HTMLElement)) return false;
  const isList = event
    .composedPath()
    .some((each) => each instanceof HTMLElement && each.localName === 'vscode-single-select');
  const isButton = inner.localName === 'button' && event.key === ' ';
  return isList || isButton || event.defaultPrevented;
}
