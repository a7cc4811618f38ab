import { describe, expect, it } from 'vitest';
import { samples } from '../../scripts/lib/samples.mjs';
import { useVscode } from '../support/vscode/useVscode.ts';

describe("the Explorer's context menu", () => {
  const vscode = useVscode();

  it('offers to transcribe a recording, and nothing of ours for a text', async () => {
    const { explorer } = vscode().workbench;
    await explorer.waitForMenuItem(samples[0]?.file ?? '', 'Transcribe Audio');
    expect(await explorer.menuOf('README.md')).not.toContain('Transcribe Audio');
  });
});
