import { describe, expect, it } from 'vitest';
import { PlayerPage } from '../support/player/playerPage.ts';
import { steppedTones, steppedTranscript, toneAt } from '../support/player/recordings.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

const seconds = 300;
const themes = { 'Light Modern': 'light', 'Dark Modern': 'dark', 'Dark High Contrast': 'high-contrast' } as const;
/** Half of what neighbouring tones differ by. */
const toneTolerance = 20;

describe('the player', () => {
  const vscode = useVscode(() => ({
    files: {
      'tones.m4a': steppedTones('tones.m4a', ['-c:a', 'aac', '-b:a', '96k'], seconds),
      'tones.vtt': steppedTranscript(seconds),
    },
  }));
  const player = (): PlayerPage => new PlayerPage(vscode().workbench.webview());

  it('plays an M4A from the Explorer', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('tones.m4a', 'Play Recording');
    await player().audio.waitFor({ state: 'attached' });
    await expect.poll(async () => (await player().state()).currentTime, { timeout: 20_000 }).toBeGreaterThan(0.5);
    const { duration, paused } = await player().state();
    expect(paused).toBe(false);
    expect(duration).toBeCloseTo(seconds, 0);
    await workbench.screenshot('player');
  });

  it('has the right sound after each seek', async () => {
    await player().heard();
    const waits: number[] = [];
    for (const place of [200.5, 20.5, 290.5, 120.5, 60.5]) {
      waits.push(await player().seekAndWait(place));
      await vscode().workbench.page.waitForTimeout(600);
      const { frequency, seconds: at } = await player().heard();
      expect(at).toBeGreaterThan(place);
      expect(at).toBeLessThan(place + 1.4);
      expect(Math.abs(frequency - toneAt(place))).toBeLessThan(toneTolerance);
    }
    console.log('seek to sound, ms:', waits.map(Math.round).join(' '));
  });

  it('keeps the pitch at double speed', async () => {
    const { page } = vscode().workbench;
    await player().slider.focus();
    for (let press = 0; press < 4; press++) await page.keyboard.press(']');
    await expect.poll(async () => (await player().state()).playbackRate).toBe(2);
    await player().seekAndWait(100.1);
    await page.waitForTimeout(400);
    const { frequency, seconds: at } = await player().heard();
    expect(Math.abs(frequency - toneAt(at))).toBeLessThan(toneTolerance);
    const before = (await player().state()).currentTime;
    const started = performance.now();
    await page.waitForTimeout(2000);
    const speed = ((await player().state()).currentTime - before) / ((performance.now() - started) / 1000);
    expect(speed).toBeGreaterThan(1.7);
    expect(speed).toBeLessThan(2.2);
  });

  it('shows the cue that is heard when it is heard, at the usual and at double speed', async () => {
    const { workbench } = vscode();
    await workbench.explorer.open('tones.vtt');
    await workbench.editors.waitForTab('tones.vtt');
    for (const speed of [1, 2]) {
      await player().setSpeed(speed);
      await player().seekAndWait(140.2);
      const late = await player().lateness(6000);
      console.log(`cue shown after its beginning at ${speed}x, ms of sound:`, late.map(Math.round).join(' '));
      expect(late.length).toBeGreaterThan(2);
      // The first one follows the seek. A busy machine can only delay: the least delay is the player's own, and nothing
      // may come early. The figure is printed.
      const own = Math.min(...late.slice(1).map(Math.abs)) / speed;
      expect(own).toBeLessThan(250);
      expect(Math.min(...late.slice(1)) / speed).toBeGreaterThan(-50);
    }
    await workbench.screenshot('player-follow');
  });

  it('is used by keys alone', async () => {
    const { page } = vscode().workbench;
    await player().setSpeed(1);
    await player().slider.focus();
    await page.keyboard.press('k');
    await expect.poll(async () => (await player().state()).paused).toBe(true);
    await player().seekAndPause(60);
    await page.keyboard.press('l');
    await expect.poll(async () => Math.round((await player().state()).currentTime)).toBe(70);
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => Math.round((await player().state()).currentTime)).toBe(65);
    await page.keyboard.press('.');
    await expect.poll(async () => Math.round((await player().state()).currentTime)).toBe(66);
    await page.keyboard.press(',');
    await expect.poll(async () => Math.round((await player().state()).currentTime)).toBe(64);
    await page.keyboard.press(' ');
    await expect.poll(async () => (await player().state()).paused).toBe(false);
  });

  it.each(['Light Modern', 'Dark Modern', 'Dark High Contrast'] as const)(
    'has no fault of accessibility in %s, wide or narrow',
    async (theme) => {
      const { workbench } = vscode();
      await workbench.runCommand('Preferences: Color Theme');
      await workbench.quickInput.wait('Select Color Theme');
      await workbench.quickInput.type(theme);
      await workbench.page.waitForTimeout(500);
      await workbench.page.keyboard.press('Enter');
      await expect.poll(() => player().theme(), { timeout: 30_000 }).toContain(themes[theme]);
      const { page } = workbench;
      for (const width of [1400, 640]) {
        await page.setViewportSize({ width, height: 900 });
        await workbench.screenshot(`player-${theme.toLowerCase().replaceAll(' ', '-')}-${width}`);
        expect(await player().faults()).toEqual([]);
      }
      await page.setViewportSize({ width: 1400, height: 900 });
    },
  );
});
