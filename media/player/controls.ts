import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import type { VscodeSingleSelect } from '@vscode-elements/elements/dist/vscode-single-select/index.js';
import type { VscodeToolbarButton } from '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import type { SpokenCue } from '../../src/protocol/player.js';
import { createIcon, setIcon, type IconName } from './icons.js';
import { formatClock, speakClock, speeds } from './speeds.js';

/** What the controls show. */
export interface Shown {
  /** Absent: no recording. */
  readonly name?: string;
  readonly positionSeconds: number;
  readonly durationSeconds?: number;
  readonly isPlaying: boolean;
  readonly isWaiting: boolean;
  readonly speed: number;
  readonly hasTranscript: boolean;
  readonly isFollowing: boolean;
  readonly isLedByCaret: boolean;
  readonly cue?: SpokenCue;
  /** A sentence about something that went wrong. */
  readonly trouble?: string;
}

/** What the user wants. */
export interface Wishes {
  readonly playOrPause: () => void;
  readonly seekTo: (seconds: number) => void;
  readonly seekBy: (seconds: number) => void;
  readonly goToCue: (which: 'previous' | 'next') => void;
  readonly setSpeed: (speed: number) => void;
  readonly follow: (isFollowing: boolean) => void;
  readonly beLedByCaret: (isLedByCaret: boolean) => void;
  readonly choose: () => void;
}

const sliderStep = 0.1;

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

function iconButton(
  icon: IconName,
  label: string,
  press: () => void,
): { button: VscodeToolbarButton; icon: SVGSVGElement } {
  const button = document.createElement('vscode-toolbar-button');
  const drawn = createIcon(icon);
  button.append(drawn);
  describe(button, label);
  button.addEventListener('click', press);
  return { button, icon: drawn };
}

function describe(button: VscodeToolbarButton, label: string): void {
  if (button.label === label) return;
  button.label = label;
  button.title = label;
}

function toggle(text: string, title: string, set: (isOn: boolean) => void): VscodeToolbarButton {
  const button = document.createElement('vscode-toolbar-button');
  button.toggleable = true;
  button.textContent = text;
  button.title = title;
  button.addEventListener('change', () => {
    set(button.checked);
  });
  return button;
}

function setText(target: HTMLElement, text: string): void {
  // Writing the same again would be announced again.
  if (target.textContent !== text) target.textContent = text;
}

/** The face of a player: it shows what it is told and tells what is wanted, and knows nothing of sound. */
export class PlayerControls {
  readonly element: HTMLElement;
  readonly #name = element('h2', 'name');
  readonly #play: ReturnType<typeof iconButton>;
  readonly #previous: VscodeToolbarButton;
  readonly #next: VscodeToolbarButton;
  readonly #slider = element('input', 'slider');
  readonly #elapsed = element('span', 'time');
  readonly #total = element('span', 'time');
  readonly #speed: VscodeSingleSelect = document.createElement('vscode-single-select');
  readonly #follow: VscodeToolbarButton;
  readonly #caret: VscodeToolbarButton;
  readonly #cue = element('p', 'cue');
  readonly #status = element('p', 'status');
  readonly #controls: HTMLElement;
  readonly #empty: HTMLElement;
  #isDragging = false;

  constructor(wishes: Wishes) {
    this.#play = iconButton('play', 'Play (Space)', wishes.playOrPause);
    this.#play.button.classList.add('primary');
    this.#previous = iconButton('previous', 'Previous cue (comma)', () => {
      wishes.goToCue('previous');
    }).button;
    this.#next = iconButton('next', 'Next cue (full stop)', () => {
      wishes.goToCue('next');
    }).button;
    const back = iconButton('back', 'Back 10 seconds (J)', () => {
      wishes.seekBy(-10);
    }).button;
    const forward = iconButton('forward', 'Forward 10 seconds (L)', () => {
      wishes.seekBy(10);
    }).button;

    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.step = String(sliderStep);
    this.#slider.setAttribute('aria-label', 'Position');
    this.#slider.addEventListener('input', () => {
      this.#isDragging = true;
      setText(this.#elapsed, formatClock(this.#slider.valueAsNumber));
    });
    this.#slider.addEventListener('change', () => {
      this.#isDragging = false;
      wishes.seekTo(this.#slider.valueAsNumber);
    });

    this.#speed.label = 'Speed';
    this.#speed.title = 'Speed; the pitch stays ([ and ])';
    this.#speed.append(
      ...speeds.map((speed) => {
        const option = document.createElement('vscode-option');
        option.value = String(speed);
        option.textContent = `${speed}×`;
        return option;
      }),
    );
    this.#speed.addEventListener('change', () => {
      wishes.setSpeed(Number(this.#speed.value));
    });
    this.#follow = toggle('Follow', 'The transcript scrolls along with what is said', wishes.follow);
    this.#caret = toggle('Caret', 'Moving the caret in the transcript moves the player', wishes.beLedByCaret);

    this.#cue.setAttribute('aria-live', 'polite');
    this.#status.setAttribute('role', 'status');
    const buttons = element('div', 'buttons', this.#previous, back, this.#play.button, forward, this.#next);
    buttons.setAttribute('role', 'group');
    buttons.setAttribute('aria-label', 'Playback');
    const place = element('div', 'place', this.#elapsed, this.#slider, this.#total);
    const options = element('div', 'options', this.#speed, this.#follow, this.#caret);
    options.setAttribute('role', 'group');
    options.setAttribute('aria-label', 'Options');
    this.#controls = element('div', 'controls', buttons, place, options);
    const choose = element('button', 'choose', 'Choose a Recording…');
    choose.type = 'button';
    choose.addEventListener('click', wishes.choose);
    this.#empty = element('div', 'empty', element('p', '', 'No recording is open in the player.'), choose);
    this.element = element('main', 'player', this.#name, this.#controls, this.#cue, this.#status, this.#empty);
  }

  focusPlay(): void {
    this.#play.button.shadowRoot?.querySelector('button')?.focus();
  }

  show(shown: Shown): void {
    const isEmpty = shown.name === undefined;
    this.#empty.hidden = !isEmpty;
    this.#name.hidden = this.#controls.hidden = this.#cue.hidden = isEmpty;
    setText(this.#name, shown.name ?? '');
    this.#name.title = shown.name ?? '';
    setIcon(this.#play.icon, shown.isPlaying ? 'pause' : 'play');
    describe(this.#play.button, shown.isPlaying ? 'Pause (Space)' : 'Play (Space)');
    this.#previous.hidden = this.#next.hidden = !shown.hasTranscript;
    this.#follow.hidden = this.#caret.hidden = !shown.hasTranscript;
    this.#showPlace(shown);
    const speed = String(shown.speed);
    if (this.#speed.value !== speed) this.#speed.value = speed;
    this.#follow.checked = shown.isFollowing;
    this.#caret.checked = shown.isLedByCaret;
    const { cue } = shown;
    setText(this.#cue, cue === undefined ? '' : cue.speaker === undefined ? cue.text : `${cue.speaker}: ${cue.text}`);
    setText(this.#status, shown.trouble ?? (shown.isWaiting && shown.isPlaying ? 'Loading…' : ''));
    this.#status.classList.toggle('trouble', shown.trouble !== undefined);
  }

  #showPlace({ positionSeconds, durationSeconds }: Shown): void {
    setText(this.#total, durationSeconds === undefined ? '' : formatClock(durationSeconds));
    this.#slider.disabled = durationSeconds === undefined;
    if (this.#isDragging) return;
    setText(this.#elapsed, formatClock(positionSeconds));
    this.#slider.max = String(durationSeconds ?? 1);
    this.#slider.value = String(durationSeconds === undefined ? 0 : positionSeconds);
    const end = durationSeconds === undefined ? '' : ` of ${speakClock(durationSeconds)}`;
    this.#slider.setAttribute('aria-valuetext', `${speakClock(positionSeconds)}${end}`);
  }
}
