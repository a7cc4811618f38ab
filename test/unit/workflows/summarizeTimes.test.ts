import { describe, expect, it } from 'vitest';
import { SummaryLines } from '../../../src/workflows/summarizeTimes.js';

const spoken = [
  { startSeconds: 0, endSeconds: 30 },
  { startSeconds: 90, endSeconds: 120 },
];

function written(text: string, pieceLength = 7) {
  const lines = new SummaryLines({ spoken, durationSeconds: 150 }, (seconds) => `play:${seconds}`);
  let out = '';
  for (let at = 0; at < text.length; at += pieceLength) out += lines.push(text.slice(at, at + pieceLength));
  return { out: out + lines.finish(), lines };
}

describe('the times in a summary', () => {
  it('become links, however the model writes them', () => {
    const { out } = written(
      '- A [00:05]\n- B [1:35]\n- C [00:01:40]\n- D [0:05, 1:35]\n- E [0:05–0:10]\n- F 【0:07】\n- G [0:09](http://x)\n- H [0:05 to 0:06.5]',
    );
    expect(out.split('\n')).toEqual([
      '- A [0:05](play:5)',
      '- B [1:35](play:95)',
      '- C [1:40](play:100)',
      '- D [0:05](play:5), [1:35](play:95)',
      '- E [0:05](play:5), [0:10](play:10)',
      '- F [0:07](play:7)',
      '- G [0:09](play:9)',
      '- H [0:05](play:5), [0:07](play:6.5)',
      '',
    ]);
  });

  it('are marked where nobody speaks and where there is no recording any more', () => {
    const { out, lines } = written('- A [1:00]\n- B [9:00]\n- C [0:31]\n');
    expect(out).toBe(
      '- A [1:00](play:60) (⚠ nobody speaks there)\n- B 9:00 (⚠ not in the recording)\n- C [0:31](play:31)\n',
    );
    expect(lines.doubtfulTimes).toBe(2);
  });

  it('are missed where a point has none, also one of several lines', () => {
    const { out, lines } = written(
      '## Points\n- A\n- B goes\n  on here [0:05]\n- Two things:\n  - one [0:06]\n\nText.\n',
    );
    expect(out).toBe(
      '## Points\n- A (no time given)\n- B goes\n  on here [0:05](play:5)\n- Two things:\n  - one [0:06](play:6)\n\nText.\n',
    );
    expect([lines.points, lines.untimedPoints]).toEqual([4, 1]);
  });

  it('leave boxes to tick alone, and other times of day', () => {
    const { out } = written('- [ ] **Ann**: call at 10:30 [0:05]\n- [x] done [0:06]\n');
    expect(out).toBe('- [ ] **Ann**: call at 10:30 [0:05](play:5)\n- [x] done [0:06](play:6)\n');
  });
});

describe('what a recording makes a model write', () => {
  it('is no link, no picture and no tag', () => {
    const { out } = written(
      '- see [this](https://evil.example) ![x](https://evil.example/p.png) <img src=x> <https://evil.example> 3 < 4 [0:05]\n',
    );
    expect(out).toBe(
      '- see \\[this](https://evil.example) !\\[x](https://evil.example/p.png) \\<img src=x> \\<https://evil.example> 3 < 4 [0:05](play:5)\n',
    );
  });
});
