import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { writeDocx } from '../../../src/host/writeDocx.js';

/** The text of one file in a ZIP archive, found through its directory at the end. */
function unzipped(archive: Uint8Array, name: string): string {
  const bytes = Buffer.from(archive);
  let at = bytes.readUInt32LE(bytes.lastIndexOf('PK\u0005\u0006') + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    if (bytes.toString('utf8', at + 46, at + 46 + (nameLength ?? 0)) === name) {
      const entry = bytes.readUInt32LE(at + 42);
      const start = entry + 30 + bytes.readUInt16LE(entry + 26) + bytes.readUInt16LE(entry + 28);
      const content = bytes.subarray(start, start + bytes.readUInt32LE(at + 20));
      return (bytes.readUInt16LE(at + 10) === 8 ? inflateRawSync(content) : content).toString('utf8');
    }
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (noteLength ?? 0);
  }
  throw new Error(`${name} is not in the archive.`);
}

describe('a Word document', () => {
  it('has a paragraph for each turn, bold names, and times that are links', async () => {
    const docx = await writeDocx(
      {
        name: 'talk',
        notes: [],
        origin: { sourceName: 'talk.m4a', model: 'bench:whisper-1' },
        segments: [
          { startSeconds: 1, endSeconds: 2, text: 'Salt & pepper,', speaker: 'Ann' },
          { startSeconds: 2, endSeconds: 3, text: 'please\u0001.', speaker: 'Ann' },
          { startSeconds: 65.5, endSeconds: 70, text: '<Here>', speaker: 'Bob' },
        ],
      },
      (seconds) => `vscode://earshot.earshot/open?file=f&t=${seconds}`,
    );
    const body = unzipped(docx, 'word/document.xml');
    const texts = [...body.matchAll(/<w:p>.*?<\/w:p>/g)].map(([paragraph]) =>
      [...paragraph.matchAll(/<w:t[^>]*>(.*?)<\/w:t>/g)].map((match) => match[1]).join(''),
    );
    expect(texts).toEqual([
      'talk',
      'talk.m4a · bench:whisper-1',
      '0:01 Ann: Salt &amp; pepper, please.',
      '1:06 Bob: &lt;Here&gt;',
    ]);
    expect(body).toMatch(/<w:b\/>.{0,60}<w:t[^>]*>Ann: /);
    const links = unzipped(docx, 'word/_rels/document.xml.rels');
    expect(links).toContain('Target="vscode://earshot.earshot/open?file=f&amp;t=65.5" TargetMode="External"');
  });
});
