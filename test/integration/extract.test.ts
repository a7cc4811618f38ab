import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtractedData } from '../../src/features/extract/register.js';
import type { ChatAnswer, ChatHearing } from '../support/openaiServer/bench.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { configure, put, read, remove, startBench, stopBench, until, watchMessages } from './stage.js';

const files = [
  'call.wav',
  'other.wav',
  'visit.schema.json',
  ...['', '.new'].flatMap((tag) => [
    `call.visit${tag}.extract.json`,
    `call.visit${tag}.extract.evidence.json`,
    `call.action-items${tag}.extract.json`,
    `call.action-items${tag}.extract.evidence.json`,
  ]),
  'extract.visit.jsonl',
  'extract.visit.csv',
];

const schema = {
  type: 'object',
  properties: {
    day: { enum: ['monday', 'friday'], description: 'The day of the visit' },
    guests: { type: 'integer', minimum: 1 },
    /** A format that VS Code's own JSON support does not look at. */
    logo: { type: 'string', format: 'byte' },
  },
  required: ['day', 'guests'],
  additionalProperties: false,
};

type Answers = (hearing: ChatHearing, index: number) => unknown;

describe('Extract Data from Audio', () => {
  let server: OpenAIServer;
  let answers: Answers = () => ({ data: {} });
  let asked = 0;

  before(async () => {
    server = await startBench({
      answer: (hearing): ChatAnswer => {
        const answer = answers(hearing, asked++);
        if (typeof answer === 'string') return answer;
        return { calls: [{ name: 'save_extraction', input: answer as never }] };
      },
    });
    await configure('earshot.model', 'bench:gpt-audio-1.5');
    await configure('earshot.privacy.confirmUpload', 'never');
  });
  beforeEach(() => {
    asked = 0;
    remove(...files);
    put('call.wav', toneWords('alpha bravo charlie delta').wav);
    put('other.wav', toneWords('echo foxtrot').wav);
    put('visit.schema.json', JSON.stringify(schema));
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await configure('earshot.privacy.confirmUpload', undefined);
    await stopBench(server);
    remove(...files);
  });

  const extract = async (clips: readonly vscode.Uri[], options: object = {}): Promise<readonly ExtractedData[]> => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder');
    const given = { schema: vscode.Uri.joinPath(folder, 'visit.schema.json'), ...options };
    return (
      (await vscode.commands.executeCommand<ExtractedData[] | undefined>('earshot.extract', clips[0], clips, given)) ??
      []
    );
  };
  const clip = (name: string): vscode.Uri =>
    vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder'), name);
  const problemsIn = (uri: vscode.Uri): readonly string[] =>
    vscode.languages.getDiagnostics(uri).map(({ message, source }) => `${source ?? ''}: ${message}`);

  it('asks again for what is not valid, and saves exactly the value, with what it rests on beside it', async () => {
    answers = (_, index) =>
      index === 0
        ? { data: { day: 'sunday', guests: 2 }, evidence: [] }
        : { data: { day: 'friday', guests: 2 }, evidence: [{ pointer: '/day', startSeconds: 0, endSeconds: 0.4 }] };
    const [data] = await watchMessages(() => extract([clip('call.wav')]));
    assert.deepEqual([data?.isValid, data?.attempts, data?.value], [true, 2, { day: 'friday', guests: 2 }]);
    const document = data?.document ?? assert.fail('nothing is saved');
    assert.equal(await read(document), '{\n  "day": "friday",\n  "guests": 2\n}\n');
    const evidence = JSON.parse(await read(clip('call.visit.extract.evidence.json'))) as Record<string, unknown>;
    assert.deepEqual(evidence['evidence'], { '/day': [{ startSeconds: 0, endSeconds: 0.4 }] });
    assert.deepEqual([evidence['isValid'], evidence['attempts'], evidence['source']], [true, 2, 'call.wav']);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), document.toString());
    assert.deepEqual(server.problems, []);
  });

  it("binds the result to the schema in VS Code's own JSON support, and shows problems while it is edited", async () => {
    answers = () => ({ data: { day: 'friday', guests: 2 }, evidence: [] });
    const [data] = await watchMessages(() => extract([clip('call.wav')]));
    const uri = data?.document ?? assert.fail('nothing is saved');
    const editor = await vscode.window.showTextDocument(uri);
    await until(
      'a hover with the description from the schema',
      async () => {
        const place = editor.document.positionAt(editor.document.getText().indexOf('day') + 1);
        const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, place);
        return hovers
          .flatMap(({ contents }) => contents)
          .some(
            (content) => content instanceof vscode.MarkdownString && content.value.includes('The day of the visit'),
          );
      },
      20_000,
    );
    await editor.edit((edit) => {
      edit.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), '{ "day": "sunday", "guests": 0 }\n');
    });
    await until('problems', () => problemsIn(uri).length >= 2, 20_000);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('saves what stays invalid as it came, and marks it with its problems', async () => {
    answers = () => ({ data: { day: 'friday', guests: 'two', logo: 'no base64!' }, evidence: [] });
    const messages = await watchMessages(async (shown) => {
      const data = (await extract([clip('call.wav')]))[0] ?? assert.fail('nothing came');
      assert.deepEqual([data.isValid, data.attempts], [false, 3]);
      assert.deepEqual(data.errors, [
        { pointer: '/guests', message: 'must be integer' },
        { pointer: '/logo', message: 'must match format "byte"' },
      ]);
      const uri = data.document ?? assert.fail('nothing is saved');
      await until('a problem at each place', () => problemsIn(uri).length === 2);
      assert.match(problemsIn(uri).join(), /guests must be integer|Incorrect type/);
      assert.match(problemsIn(uri).join(), /Earshot: \/logo must match format "byte"/);
      return shown;
    });
    assert.match(
      messages.map(({ kind, message }) => `${kind}: ${message}`).join('\n'),
      /error: .*NOT valid.*\/guests must be integer/,
    );
  });

  it('never writes over data that was edited, nor over data that is valid', async () => {
    answers = () => ({ data: { day: 'friday', guests: 2 }, evidence: [] });
    const first = await watchMessages(() => extract([clip('call.wav')]));
    const uri = first[0]?.document ?? assert.fail('nothing is saved');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('{"day":"monday","guests":9}'));
    const second = await watchMessages(() => extract([clip('call.wav')]));
    assert.equal(await read(uri), '{"day":"monday","guests":9}');
    assert.match(second[0]?.document?.path ?? '', /call\.visit\.new\.extract\.json$/);
  });

  it('makes one JSONL and one CSV file of several recordings', async () => {
    answers = ({ clips }) => ({
      data: { day: 'friday', guests: clips[0]?.heard.text.startsWith('echo') === true ? 1 : 'x' },
      evidence: [],
    });
    const results = await watchMessages(() => extract([clip('call.wav'), clip('other.wav')]));
    assert.deepEqual(
      results.map(({ isValid }) => isValid),
      [false, true],
    );
    const csv = await read(clip('extract.visit.csv'));
    assert.equal(
      csv,
      'source,valid,errors,data.day,data.guests\r\ncall.wav,no,/guests must be integer,friday,x\r\nother.wav,yes,,friday,1\r\n',
    );
    const lines = (await read(clip('extract.visit.jsonl')))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    assert.partialDeepStrictEqual(lines, [
      { source: 'call.wav', isValid: false, data: { guests: 'x' } },
      { source: 'other.wav', isValid: true, data: { guests: 1 } },
    ]);
  });

  it('sends nothing by a schema that leads elsewhere', async () => {
    put('visit.schema.json', JSON.stringify({ $ref: 'https://example.org/visit.json' }));
    await watchMessages(async (shown) => {
      assert.deepEqual(await extract([clip('call.wav')]), []);
      assert.match(
        shown.map(({ message }) => message).join(),
        /https:\/\/example\.org\/visit\.json.*nothing is fetched/,
      );
    });
    assert.equal(asked, 0);
  });
});
