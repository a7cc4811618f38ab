import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { audioFileExtensions } from '../../../src/core/media.js';
import {
  chatCommands,
  commandIds,
  extensionId,
  languageModelVendor,
  participantId,
  settingKeys,
  toolNames,
  transcriptLanguages,
  viewIds,
} from '../../../src/host/ids.js';
import { presets } from '../../../src/providers/presets.js';
import { compatibleVendors } from '../../../src/providers/vendors/openaiCompatible.js';
import { commandOutputs, providerKinds, speechOutputs } from '../../../src/providers/providerSettings.js';

interface Setting {
  readonly type: string;
  readonly scope: string;
  readonly default: unknown;
  readonly allOf?: readonly {
    readonly properties: Readonly<Record<string, unknown>>;
    readonly patternProperties: Readonly<Record<string, { readonly required: string[] }>>;
  }[];
  readonly additionalProperties?: {
    readonly properties: {
      readonly kind: { readonly enum: string[] };
      readonly vendor: { readonly enum: string[] };
      readonly command: {
        readonly properties: {
          readonly transcription: { readonly properties: { readonly output: { readonly enum: string[] } } };
          readonly speech: { readonly properties: { readonly output: { readonly enum: string[] } } };
        };
      };
    };
  };
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly activationEvents: string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: string[] };
  };
  readonly contributes: {
    readonly commands: { readonly command: string }[];
    readonly menus: Record<string, { readonly command: string; readonly when: string }[]>;
    readonly views: Readonly<Record<string, { readonly id: string }[]>>;
    readonly chatParticipants: { readonly id: string; readonly commands: { readonly name: string }[] }[];
    readonly languageModelChatProviders: { readonly vendor: string }[];
    readonly languageModelTools: {
      readonly name: string;
      readonly toolReferenceName: string;
      readonly modelDescription: string;
      readonly inputSchema: { readonly required: string[]; readonly properties: Record<string, object> };
    }[];
    readonly languages: { readonly id: string; readonly extensions: string[]; readonly configuration: string }[];
    readonly grammars: { readonly language: string; readonly scopeName: string; readonly path: string }[];
    readonly configuration: { readonly properties: Record<string, Setting> };
  };
}

const manifestText = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const { contributes } = manifest;

describe('the manifest', () => {
  it('contributes exactly the commands, settings and ids that the code knows', () => {
    expect(`${manifest.publisher}.${manifest.name}`).toBe(extensionId);
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual(Object.values(commandIds).sort());
    expect(Object.keys(contributes.configuration.properties).sort()).toEqual(Object.values(settingKeys).sort());
    expect(contributes.chatParticipants.map(({ id }) => id)).toEqual([participantId]);
    expect(contributes.chatParticipants[0]?.commands.map(({ name }) => name)).toEqual([...chatCommands]);
    expect(
      Object.values(contributes.views)
        .flat()
        .map(({ id }) => id),
    ).toEqual(Object.values(viewIds));
    expect(contributes.languageModelChatProviders.map(({ vendor }) => vendor)).toEqual([languageModelVendor]);
  });

  it('contributes exactly the tools that the code knows, each with a schema that names what it needs', () => {
    const tools = contributes.languageModelTools;
    expect(tools.map(({ name }) => name)).toEqual(Object.values(toolNames));
    expect(tools.map(({ toolReferenceName }) => toolReferenceName)).toEqual([
      'transcribeAudio',
      'askAudio',
      'extractFromAudio',
      'findInTranscripts',
      'speak',
    ]);
    for (const { name, modelDescription, inputSchema } of tools) {
      expect(name).toMatch(/^[\w-]{1,64}$/);
      expect(modelDescription.length).toBeGreaterThan(80);
      expect(Object.keys(inputSchema.properties)).toEqual(expect.arrayContaining(inputSchema.required));
    }
  });

  it('offers in its settings exactly the provider kinds and outputs that the code knows', () => {
    const entry = contributes.configuration.properties[settingKeys.providers]?.additionalProperties?.properties;
    expect(entry?.kind.enum).toEqual([...providerKinds]);
    expect(entry?.command.properties.transcription.properties.output.enum).toEqual([...commandOutputs]);
    expect(entry?.command.properties.speech.properties.output.enum).toEqual([...speechOutputs]);
  });

  it('completes the names of presets and vendors, and wants a kind of every other entry', () => {
    const setting = contributes.configuration.properties[settingKeys.providers];
    const [known] = setting?.allOf ?? [];
    expect(Object.keys(known?.properties ?? {}).sort()).toEqual(Object.keys(presets).sort());
    const [[others, { required }] = ['', { required: [] }]] = Object.entries(known?.patternProperties ?? {});
    expect(required).toEqual(['kind']);
    for (const name of Object.keys(presets)) expect(name).not.toMatch(new RegExp(others));
    expect('my-server').toMatch(new RegExp(others));
    expect(setting?.additionalProperties?.properties.vendor.enum).toEqual(Object.keys(compatibleVendors));
  });

  it('lets no workspace say where recordings and keys go', () => {
    expect(contributes.configuration.properties[settingKeys.providers]?.scope).toBe('machine');
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(settingKeys.providers);
  });

  it('wakes up when it is used, where there are recordings, and when the chat is opened', () => {
    // The chat has no model to offer before we are awake, and refuses `@audio` while it has none. VS Code has no event for
    // "the chat wants models"; the last one fires when the chat view asks for agents.
    expect(manifest.activationEvents).toEqual([
      `workspaceContains:**/*.{${audioFileExtensions.join(',')}}`,
      'onCustomAgentProvider',
      // Links to a time come from outside.
      'onUri',
    ]);
  });

  const forTranscripts: readonly string[] = [
    commandIds.exportTranscript,
    commandIds.compareTranscripts,
    commandIds.playFromCaret,
  ];
  const forBoth: readonly string[] = [commandIds.summarize, commandIds.translate];
  const whensOf = (isWanted: (command: string) => boolean): string[] =>
    Object.values(contributes.menus)
      .flat()
      .filter(({ command }) => isWanted(command))
      .map(({ when }) => when);

  it('shows what is for transcripts on their files and on nothing else', () => {
    const whens = whensOf((command) => forTranscripts.includes(command));
    expect(whens.length).toBeGreaterThan(0);
    for (const when of whens) {
      const matches = new RegExp(/=~ \/(.*?)\/i/.exec(when)?.[1] ?? 'no pattern', 'i');
      for (const extension of ['.vtt', '.srt', '.VTT']) expect(extension).toMatch(matches);
      for (const extension of ['.ts', '.wav', '.txt', '.json', '.vttx', '']) expect(extension).not.toMatch(matches);
    }
  });

  it('shows what is for recordings and transcripts on both and on nothing else', () => {
    const whens = whensOf((command) => forBoth.includes(command));
    expect(whens.length).toBeGreaterThan(0);
    for (const when of whens) {
      const matches = new RegExp(/=~ \/(.*?)\/i/.exec(when)?.[1] ?? 'no pattern', 'i');
      for (const extension of [...audioFileExtensions, 'vtt', 'srt']) expect(`.${extension}`).toMatch(matches);
      for (const extension of ['.ts', '.mts', '.txt', '.json', '.vttx', '.wavx', ''])
        expect(extension).not.toMatch(matches);
    }
  });

  it('shows what is for folders on folders', () => {
    expect(whensOf((command) => command === commandIds.transcribeFolder)).toEqual(['explorerResourceIsFolder']);
  });

  const inAnswers: readonly string[] = [commandIds.playEvidence, commandIds.saveAnswer];

  it('keeps what only the buttons of an answer can do out of every menu', () => {
    expect(new Set(whensOf((command) => inAnswers.includes(command)))).toEqual(new Set(['false']));
  });

  it('shows its other menus on every kind of audio file and on nothing else', () => {
    const whens = whensOf(
      (command) => ![...forTranscripts, ...forBoth, commandIds.transcribeFolder, ...inAnswers].includes(command),
    );
    expect(whens.length).toBeGreaterThan(0);
    for (const when of whens) {
      const pattern = /=~ \/(.*?)\/i/.exec(when)?.[1];
      const matches = new RegExp(pattern ?? 'no pattern', 'i');
      for (const extension of audioFileExtensions) expect(`.${extension}`).toMatch(matches);
      for (const extension of ['.ts', '.mts', '.cts', '.txt', '.mid', '.wavx', '.png', ''])
        expect(extension).not.toMatch(matches);
    }
  });

  it('makes languages of transcripts, each with a grammar of its own and the file extension as id', () => {
    const ids = [...transcriptLanguages];
    expect(contributes.languages.map(({ id, extensions }) => [id, extensions])).toEqual(
      ids.map((id) => [id, [`.${id}`]]),
    );
    expect(contributes.grammars.map(({ language }) => language)).toEqual(ids);
    for (const { path, scopeName } of contributes.grammars) {
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ scopeName });
    }
    for (const { configuration } of contributes.languages) {
      expect(JSON.parse(readFileSync(configuration, 'utf8'))).toHaveProperty('brackets');
    }
  });

  it('has a text for every placeholder, and no text that nothing uses', () => {
    const used = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]);
    expect([...new Set(used)].sort()).toEqual(Object.keys(texts).sort());
  });
});
