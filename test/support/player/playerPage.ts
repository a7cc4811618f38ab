import { source as axeSource } from 'axe-core';
import { stepSeconds } from './recordings.ts';
import type { FrameLocator, Locator } from 'playwright-core';

// What the functions that run in the page see of it; the DOM's own types would be in sight everywhere.
interface PageAudio extends Record<string, unknown> {
  readonly currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly seeking: boolean;
  readonly playbackRate: number;
  readonly buffered: { readonly length: number; start(index: number): number; end(index: number): number };
  readonly ownerDocument: { querySelector(selector: string): PageElement | null };
  analyser?: PageAnalyser;
}
interface PageNode {
  connect(node: unknown): PageNode;
}
interface PageAnalyser extends PageNode {
  readonly frequencyBinCount: number;
  readonly fftSize: number;
  readonly context: { readonly sampleRate: number };
  getFloatFrequencyData(levels: Float32Array): void;
}
interface PageElement {
  readonly textContent: string;
}
interface PageSlider {
  value: string;
  readonly ownerDocument: { querySelector(selector: string): PageAudio | null };
  dispatchEvent(event: unknown): void;
}
declare const AudioContext: new () => {
  readonly destination: unknown;
  resume(): Promise<void>;
  createMediaElementSource(audio: PageAudio): PageNode;
};
declare const MutationObserver: new (listener: () => void) => {
  observe(element: unknown, options: object): void;
  disconnect(): void;
};
declare const axe: {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
};
declare const AnalyserNode: new (context: unknown, options: object) => PageAnalyser;

/** What the sound of the view is doing, as the browser has it. */
export interface AudioState {
  readonly currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly playbackRate: number;
  readonly bufferedSeconds: number;
}

/** The page of the player, inside its view. */
export class PlayerPage {
  readonly #frame: FrameLocator;

  constructor(frame: FrameLocator) {
    this.#frame = frame;
  }

  get audio(): Locator {
    return this.#frame.locator('audio');
  }

  get frame(): FrameLocator {
    return this.#frame;
  }

  get slider(): Locator {
    return this.#frame.getByRole('slider', { name: 'Position' });
  }

  button(name: RegExp): Locator {
    return this.#frame.getByRole('button', { name });
  }

  state(): Promise<AudioState> {
    return this.audio.evaluate((audio: PageAudio) => ({
      currentTime: audio.currentTime,
      duration: audio.duration,
      paused: audio.paused,
      playbackRate: audio.playbackRate,
      bufferedSeconds: audio.buffered.length === 0 ? 0 : audio.buffered.end(0) - audio.buffered.start(0),
    }));
  }

  /** The loudest tone that comes out just now, in Hz, and where the element says that it is. */
  heard(): Promise<{ readonly frequency: number; readonly level: number; readonly seconds: number }> {
    return this.audio.evaluate(async (audio: PageAudio) => {
      if (audio.analyser === undefined) {
        const context = new AudioContext();
        await context.resume();
        audio.analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
        context.createMediaElementSource(audio).connect(audio.analyser).connect(context.destination);
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      const { analyser } = audio;
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      let loudest = 0;
      levels.forEach((level, bin) => {
        if (level > (levels[loudest] ?? -Infinity)) loudest = bin;
      });
      const binWidth = analyser.context.sampleRate / analyser.fftSize;
      return { frequency: loudest * binWidth, level: levels[loudest] ?? -Infinity, seconds: audio.currentTime };
    });
  }

  /** Seeks as the user does and measures how long it takes until sound comes again, in milliseconds. */
  seekAndWait(seconds: number): Promise<number> {
    return this.slider.evaluate(async (slider: PageSlider, to: number) => {
      const audio = slider.ownerDocument.querySelector('audio');
      if (audio === null) throw new Error('no audio');
      const started = performance.now();
      const sounding = new Promise((resolve) => {
        const check = (): void => {
          // It has moved on from where it was put.
          if (!audio.seeking && audio.currentTime > to + 0.01) resolve(undefined);
          else setTimeout(check, 5);
        };
        slider.value = String(to);
        slider.dispatchEvent(new Event('change'));
        check();
      });
      await sounding;
      return performance.now() - started;
    }, seconds);
  }

  /** The kind of theme, as VS Code tells its views. */
  async theme(): Promise<string> {
    return (await this.#frame.locator('body').getAttribute('class')) ?? '';
  }

  async setSpeed(speed: number): Promise<void> {
    await this.slider.focus();
    for (let press = 0; press < 9 && (await this.state()).playbackRate !== speed; press++) {
      await this.slider.press((await this.state()).playbackRate < speed ? ']' : '[');
    }
  }

  /** Puts it somewhere while it is paused. */
  async seekAndPause(seconds: number): Promise<void> {
    await this.slider.evaluate((slider: PageSlider, to: number) => {
      slider.value = String(to);
      slider.dispatchEvent(new Event('change'));
    }, seconds);
  }

  /** How far the sound is into each step when its cue is shown, in milliseconds of the recording. */
  lateness(milliseconds: number): Promise<number[]> {
    return this.audio.evaluate(
      async (audio: PageAudio, [during, step]: readonly [number, number]) => {
        const cue = audio.ownerDocument.querySelector('.cue');
        const late: number[] = [];
        const observer = new MutationObserver(() => {
          const said = /Step (\d+)/.exec(cue?.textContent ?? '')?.[1];
          if (said !== undefined) late.push((audio.currentTime - Number(said) * step) * 1000);
        });
        observer.observe(cue, { childList: true, characterData: true, subtree: true });
        await new Promise((resolve) => setTimeout(resolve, during));
        observer.disconnect();
        return late;
      },
      [milliseconds, stepSeconds] as const,
    );
  }

  /** What axe-core finds that is serious or critical, in words. */
  async faults(): Promise<string[]> {
    const root = this.#frame.locator('html');
    // As the browser's own tools do it: the page's policy would let no script in.
    await root.evaluate(`(() => { ${axeSource} })()`);
    return root.evaluate(async () => {
      const { violations } = await axe.run();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  }
}
