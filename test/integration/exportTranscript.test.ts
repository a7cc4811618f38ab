import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { put, read, remove, until, watchMessages } from './stage.js';

const vtt = `WEBVTT

NOTE Transcribed by Earshot
source: exported-talk.wav
source-sha256: ${'0'.repeat(64)}
duration: 00:00:09.000
model: bench:whisper-1
date: 2026-11-21T10:00:00.000Z

00:00:01.000 --> 00:00:02.500
<v Ann>Hello, Bob.

00:00:12.500 --> 00:00:14.000
<v Bob>=Fine.
`;

describe('Export Transcript As…', () => {
  let transcript: vscode.Uri;
  const beside = (name: string): vscode.Uri => vscode.Uri.joinPath(transcript, '..', name);
  const run = (...given: readonly unknown[]): Thenable<vscode.Uri | undefined> =>
    vscode.commands.executeCommand<vscode.Uri | undefined>('earshot.exportTranscript', ...given);

  before(() => {
    transcript = put('exported-talk.vtt', vtt);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove(...['srt', 'md', 'txt', 'csv', 'json', 'docx', 'wav'].map((extension) => `exported-talk.${extension}`));
    remove('exported-talk-2.vtt', 'exported-copy.vtt', 'imported.json', 'imported.vtt', 'broken.srt');
  });
  after(() => {
    remove('exported-talk.vtt');
  });

  it('writes every format beside the transcript and says where', async () => {
    const written = new Map<string, string>();
    for (const format of ['srt', 'vtt', 'md', 'txt', 'csv', 'json', 'docx']) {
      const uri = await run(transcript, { format, target: 'beside' });
      assert.ok(uri, format);
      const name = format === 'vtt' ? 'exported-talk-2.vtt' : `exported-talk.${format}`;
      assert.equal(uri.toString(), beside(name).toString());
      written.set(format, await read(uri));
    }
    const [link, link2] = ['1', '12.5'].map(
      (time) =>
        `${vscode.env.uriScheme}://earshot.earshot/open?file=${encodeURIComponent(transcript.toString())}&t=${time}`,
    );
    assert.equal(
      written.get('srt'),
      '1\n00:00:01,000 --> 00:00:02,500\nAnn: Hello, Bob.\n\n2\n00:00:12,500 --> 00:00:14,000\nBob: =Fine.\n',
    );
    assert.equal(written.get('vtt'), vtt);
    assert.equal(
      written.get('md'),
      `# exported-talk\n\nTranscript of exported-talk.wav (0:09) by bench:whisper-1 on 2026-11-21.\n\n**Ann** [0:01](${link ?? ''})\n\nHello, Bob.\n\n**Bob** [0:13](${link2 ?? ''})\n\n\\=Fine.\n`,
    );
    assert.equal(written.get('txt'), 'Ann: Hello, Bob.\n\nBob: =Fine.\n');
    assert.equal(
      written.get('csv'),
      'startSeconds,endSeconds,speaker,text\r\n1,2.5,Ann,"Hello, Bob."\r\n12.5,14,Bob,\'=Fine.\r\n',
    );
    const json = JSON.parse(written.get('json') ?? '') as { $schema: string; segments: { speaker: string }[] };
    assert.deepEqual(
      json.segments.map(({ speaker }) => speaker),
      ['Ann', 'Bob'],
    );
    const schema = await vscode.workspace.openTextDocument(vscode.Uri.parse(json.$schema));
    assert.match(schema.getText(), /"title": "Transcript"/);
    assert.ok(written.get('docx')?.startsWith('PK'), 'a Word document is a ZIP file');
  });

  it('links to the recording where it lies beside the transcript', async () => {
    const recording = put('exported-talk.wav', 'sound');
    const target = beside('exported-talk.md');
    await run(transcript, { target });
    assert.ok((await read(target)).includes(`open?file=${encodeURIComponent(recording.toString())}&t=12.5`));
  });

  it('takes the transcript of the active editor as it stands there, and asks where to', async () => {
    const editor = await vscode.window.showTextDocument(transcript);
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    await editor.edit((edit) => {
      edit.insert(end, '\n00:00:15.000 --> 00:00:16.000\nUnsaved.\n');
    });
    const window = vscode.window as { showSaveDialog: unknown };
    const original = window.showSaveDialog;
    let asked: vscode.SaveDialogOptions | undefined;
    window.showSaveDialog = (options: vscode.SaveDialogOptions) => {
      asked = options;
      return Promise.resolve(options.defaultUri);
    };
    try {
      const uri = await run({ format: 'txt' });
      assert.equal(asked?.defaultUri?.toString(), beside('exported-talk.txt').toString());
      assert.ok(uri);
      assert.equal(await read(uri), 'Ann: Hello, Bob.\n\nBob: =Fine.\n\nUnsaved.\n');
    } finally {
      window.showSaveDialog = original;
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
  });

  it('makes a transcript of the JSON of Whisper', async () => {
    const source = put(
      'imported.json',
      JSON.stringify({ text: 'Hi.', language: 'en', segments: [{ id: 0, start: 1, end: 2, text: ' Hi.' }] }),
    );
    const uri = await run(source, { format: 'vtt', target: 'beside' });
    assert.ok(uri);
    assert.equal(
      await read(uri),
      'WEBVTT\n\nNOTE Imported by Earshot\nfrom: imported.json\n\n00:00:01.000 --> 00:00:02.000\nHi.\n',
    );
  });

  it('says why it cannot, and leaves the transcript alone', async () => {
    const broken = put('broken.srt', 'no times in here');
    await watchMessages(async (shown) => {
      assert.equal(await run(broken, { format: 'vtt', target: 'beside' }), undefined);
      assert.equal(await run(transcript, { target: transcript }), undefined);
      assert.equal(await run(transcript, { format: 'pdf' }), undefined);
      await until('three messages', () => shown.length === 3);
      const texts = shown.map(({ message }) => message).join('\n');
      assert.match(texts, /broken\.srt is no transcript that Earshot can read/);
      assert.match(texts, /exported-talk\.vtt is the transcript itself/);
      assert.match(texts, /"pdf" is no format of transcripts/);
    });
    assert.equal(await read(transcript), vtt);
  });
});
