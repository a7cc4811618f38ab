import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('the description of the API', () => {
  it('shows exactly the example that is compiled, and that runs in a real VS Code', () => {
    const example = readFileSync('test/integration/apiExample.ts', 'utf8')
      .replace("'../../src/api.js'", "'./earshotApi'")
      .trim();
    expect(readFileSync('docs/api.md', 'utf8')).toContain(`\`\`\`ts\n${example}\n\`\`\``);
  });

  it('can be copied: its types lean on VS Code alone', () => {
    const imports = [...readFileSync('src/api.ts', 'utf8').matchAll(/^import .* from '(.*)';$/gm)].map(
      ([, from]) => from,
    );
    expect(imports).toEqual(['vscode']);
  });
});
