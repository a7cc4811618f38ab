import * as vscode from 'vscode';
import { isJsonObject } from '../../core/extraction/json.js';
import { isSet, registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { BoundSchemas, boundSchemaScheme } from './boundSchemas.js';
import { describeFields } from './describe.js';
import { extractFiles, type ExtractArguments } from './extractFiles.js';
import { ResultProblems } from './problems.js';
import { givenSchema, pickSchema, readSchema, type NamedSchema } from './schemas.js';
import { showFailures, showResult, showTable } from './showResults.js';

/** What the command resolves to, for each recording that data came out of. */
export interface ExtractedData {
  readonly source: vscode.Uri;
  readonly value: unknown;
  readonly isValid: boolean;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
  readonly attempts: number;
  /** US dollars; undefined where it is not known. */
  readonly cost: number | undefined;
  /** Where it is saved; of several recordings, the file with one line for each. */
  readonly document: vscode.Uri | undefined;
}

async function run(
  uris: readonly vscode.Uri[],
  schema: NamedSchema,
  services: Services,
  given: ExtractArguments,
  bound: BoundSchemas,
): Promise<readonly ExtractedData[]> {
  const { done, failed } = await extractFiles(uris, schema, services, given);
  // Whoever called gets the result now; the message may stand there for hours before somebody presses Retry.
  void showFailures(failed, services).then(({ uris: again, sendSilent }) =>
    again.length === 0 ? undefined : run(again, schema, services, { ...given, sendSilent }, bound),
  );
  const [only] = done;
  const table = uris.length > 1 ? (await showTable(done, failed, schema.name))['jsonl'] : undefined;
  const single = uris.length === 1 && only !== undefined ? await showResult(only, bound) : undefined;
  return done.map(({ uri, extraction: { value, isValid, errors, attempts, cost } }) => ({
    source: uri,
    value,
    isValid,
    errors,
    attempts,
    cost,
    document: table ?? single,
  }));
}

/** Data from recordings, by a JSON Schema. */
export function registerExtract(services: Services, extensionUri: vscode.Uri): readonly { dispose(): unknown }[] {
  const bound = new BoundSchemas();
  const schemaFor = async (
    given: unknown,
    clip: vscode.Uri,
    model: string | undefined,
  ): Promise<NamedSchema | undefined> => {
    if (given instanceof vscode.Uri) return readSchema(given);
    if (isJsonObject(given)) return givenSchema(given);
    const picked = await pickSchema(extensionUri);
    if (picked === undefined) return undefined;
    return picked === 'describe' ? describeFields(clip, model, services) : readSchema(picked.uri);
  };
  const folder = vscode.workspace.registerFileSystemProvider(boundSchemaScheme, bound, { isReadonly: true });
  bound.announce();
  return [
    folder,
    bound,
    new ResultProblems(services.log),
    registerCommand(commandIds.extract, services.log, async (first, all, options) => {
      const given = urisOf(first, all);
      const uris = given.length > 0 ? given : await pickClips('Extract Data from Audio');
      const [clip] = uris ?? [];
      if (uris === undefined || clip === undefined) return [];
      const model = stringOf(options, 'model');
      const prompt = stringOf(options, 'prompt');
      const wanted: unknown =
        typeof options === 'object' && options !== null ? Reflect.get(options, 'schema') : undefined;
      const schema = await schemaFor(wanted, clip, model);
      if (schema === undefined) return [];
      return run(
        uris,
        schema,
        services,
        {
          ...(model === undefined ? {} : { model }),
          ...(prompt === undefined ? {} : { prompt }),
          ...(isSet(options, 'sendSilent') ? { sendSilent: true } : {}),
        },
        bound,
      );
    }),
  ];
}
