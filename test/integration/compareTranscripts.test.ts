import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { put, remove, until, watchMessages } from './stage.js';

const vtt = (cues: readonly string[]): string =>
  ['WEBVTT\n', ...cues.map((text, index) => `00:00:0${index}.000 --> 00:00:0${index + 1}.000\n${text}\n`)].join('\n');

interface Result {
  readonly wordErrorRate: number;
  readonly words: Readonly<Record<string, number>>;
}

describe('Compare Transcripts…', () => {
  const files = ['compared-one.vtt', 'compared-two.srt', 'compared-broken.vtt'];
  let one: vscode.Uri;
  let two: vscode.Uri;

  before(() => {
    one = put('compared-one.vtt', vtt(['<v Ann>The cat sat.', 'Well, then.']));
    two = put('compared-two.srt', '1\n00:00:00,000 --> 00:00:02,000\nthe cut sat well then now\n');
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => {
    remove(...files);
  });

  const diffs = (): readonly vscode.TabInputTextDiff[] =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .flatMap(({ input }) => (input instanceof vscode.TabInputTextDiff ? [input] : []));
  const text = async (uri: vscode.Uri | undefined): Promise<string> => {
    assert.ok(uri);
    return (await vscode.workspace.openTextDocument(uri)).getText();
  };

  it('opens both side by side, aligned, and a page with the figures', async () => {
    const result = await vscode.commands.executeCommand<Result>('earshot.compareTranscripts', one, [one, two]);
    assert.deepEqual(result.words, { total: 5, substitutions: 1, deletions: 0, insertions: 1 });
    assert.equal(result.wordErrorRate, 2 / 5);
    await until('the editor of differences is open', () => diffs().length === 1);
    const [diff] = diffs();
    assert.equal(await text(diff?.original), '0:00  the cat sat\n0:01  well then\n');
    assert.equal(await text(diff?.modified), '0:00  the cut sat\n0:01  well then now\n');
    const page = await text(vscode.Uri.parse('earshot-report:/Compare Transcripts.md'));
    assert.match(page, /\*\*compared-two\.srt\*\* measured against \*\*compared-one\.vtt\*\*/);
    assert.match(page, /\| \*\*Error rate\*\* \(WER, CER\) \| \*\*40\.0 %\*\* \|/);
    assert.match(page, /\| 1 \| cat \| cut \|/);
  });

  it('takes two files from other code, and says which of them is no transcript', async () => {
    const broken = put('compared-broken.vtt', 'nothing');
    await watchMessages(async (shown) => {
      assert.equal(await vscode.commands.executeCommand('earshot.compareTranscripts', one, broken), undefined);
      await until('a message', () => shown.length === 1);
      assert.match(shown[0]?.message ?? '', /compared-broken\.vtt is no transcript/);
    });
    assert.equal(diffs().length, 0);
  });

  it('compares the active transcript with one that is picked', async () => {
    await vscode.window.showTextDocument(one);
    const window = vscode.window as { showQuickPick: unknown };
    const original = window.showQuickPick;
    let listed: readonly string[] = [];
    window.showQuickPick = (items: readonly vscode.QuickPickItem[]) => {
      listed = items.map(({ label }) => label);
      return Promise.resolve(items.find(({ label }) => label.includes('compared-two.srt')));
    };
    try {
      const result = await vscode.commands.executeCommand<Result>('earshot.compareTranscripts');
      assert.equal(result.words['total'], 5);
      assert.ok(!listed.some((label) => label.includes('compared-one.vtt')), 'not with itself');
    } finally {
      window.showQuickPick = original;
    }
  });
});
