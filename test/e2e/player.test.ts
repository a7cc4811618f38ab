import { describe, expect, it } from 'vitest';
import { PlayerPage } from '../support/player/playerPage.ts';
import { steppedTones, steppedTranscript, toneAt } from '../support/player/recordings.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

const seconds = 300;
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

  it('sounds right, and 300 ms after a seek at the latest', async () => {
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
});
