import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The folder is the law (ARCHITECTURE.md). Faults are planted here, and each must be caught by lint or by the compiler.

const linter = new ESLint({
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false } } },
  ],
});

async function lintRules(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await linter.lintText(code, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId);
}

const importRule = '@typescript-eslint/no-restricted-imports';

describe('lint', () => {
  it.each([
    ['core importing audio', 'src/core/planted.ts', "import { sniff } from '../audio/sniff.js';\nsniff();"],
    [
      'core importing a type of vscode',
      'src/core/planted.ts',
      "import type { Uri } from 'vscode';\nexport type X = Uri;",
    ],
    [
      'audio importing providers',
      'src/audio/planted.ts',
      "import type { X } from '../providers/provider.js';\nexport type Y = X;",
    ],
    [
      'providers importing Node',
      'src/providers/planted.ts',
      "import { readFileSync } from 'node:fs';\nreadFileSync('x');",
    ],
    [
      'a dialect importing workflows',
      'src/providers/dialects/planted.ts',
      "import { x } from '../../workflows/ports.js';\nx();",
    ],
    ['workflows importing host', 'src/workflows/planted.ts', "import { log } from '../host/log.js';\nlog();"],
    ['workflows importing vscode', 'src/workflows/planted.ts', "import * as vscode from 'vscode';\nvscode.x();"],
    ['host importing features', 'src/host/planted.ts', "import { x } from '../features/ask/register.js';\nx();"],
    ['host importing extension.ts', 'src/host/planted.ts', "import { activate } from '../extension.js';\nactivate();"],
    ['features importing Node', 'src/features/ask/planted.ts', "import { join } from 'node:path';\njoin();"],
    ['a view importing host', 'media/planted/main.ts', "import { x } from '../../src/host/log.js';\nx();"],
    ['protocol importing host', 'src/protocol/planted.ts', "import { x } from '../host/log.js';\nx();"],
  ])('catches %s', async (_what, filePath, code) => {
    expect(await lintRules(filePath, code)).toContain(importRule);
  });

  it.each([
    ['the DOM in host', 'src/host/planted.ts', "window.alert('x');"],
    ['the DOM in core', 'src/core/planted.ts', "document.title = 'x';"],
    ['Node’s globals in providers', 'src/providers/planted.ts', 'process.exit(1);'],
    ['Buffer in audio', 'src/audio/planted.ts', 'Buffer.from([]);'],
  ])('catches %s', async (_what, filePath, code) => {
    expect(await lintRules(filePath, code)).toContain('no-restricted-globals');
  });

  it('allows what the table allows', async () => {
    const fine =
      "import type { Probe } from '../core/clip.js';\nimport type { Piece } from '../audio/engine.js';\nexport type X = [Probe, Piece];\n";
    expect(await lintRules('src/workflows/planted.ts', fine)).not.toContain(importRule);
    expect(
      await lintRules('src/host/planted.ts', "import { join } from 'node:path';\nexport const x = join('a');\n"),
    ).not.toContain(importRule);
  });

  it('catches any, non-null assertions, default exports and enums', async () => {
    const code = 'export const x: any = 1;\nexport const y = x!;\nexport enum E { A }\nexport default x;\n';
    expect(await lintRules('src/core/planted.ts', code)).toEqual(
      expect.arrayContaining([
        '@typescript-eslint/no-explicit-any',
        '@typescript-eslint/no-non-null-assertion',
        'no-restricted-syntax',
      ]),
    );
  });
});

describe('the compiler', () => {
  const folder = resolve('out/planted');
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Compiles one planted file, with an import from the layer so that its dependencies' types are in sight as well. */
  function errorsOf(configuration: string, code: string): string[] {
    const file = join(folder, 'planted.ts');
    writeFileSync(file, code);
    const read = ts.readConfigFile(configuration, (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, resolve('.'));
    const program = ts.createProgram([file], { ...options, noEmit: true });
    return ts
      .getPreEmitDiagnostics(program)
      .map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  }

  const seesSdk =
    "import type { ChatCompletion } from 'openai/resources/chat/completions';\nexport type C = ChatCompletion;\n";

  it.each([
    ['fetch in core', 'tsconfig.core.json', "export const x = fetch('x');\n"],
    ['a timer in core', 'tsconfig.core.json', 'setTimeout(() => 1, 1);\n'],
    ['Buffer in a pure layer', 'tsconfig.neutral.json', `${seesSdk}export const x = Buffer.from([]);\n`],
    ['process in a pure layer', 'tsconfig.neutral.json', `${seesSdk}export const x = process.env;\n`],
    [
      'node: modules in a pure layer',
      'tsconfig.neutral.json',
      "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
    ],
    [
      'vscode in a pure layer',
      'tsconfig.neutral.json',
      'export type X = import("vscode").Uri extends never ? 1 : vscode.Uri;\n',
    ],
    ['the DOM in a pure layer', 'tsconfig.neutral.json', `${seesSdk}document.title = 'x';\n`],
    ['the DOM in host', 'tsconfig.json', "window.alert('x');\n"],
  ])('catches %s', (_what, configuration, code) => {
    expect(errorsOf(configuration, code)).not.toEqual([]);
  });

  it('lets the pure layers have what the web has', () => {
    expect(
      errorsOf('tsconfig.neutral.json', `${seesSdk}export const x = [fetch, AbortController, TextDecoder, btoa];\n`),
    ).toEqual([]);
  });
});
