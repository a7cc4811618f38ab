import type { Capabilities } from '../../core/model.js';
import { Failed, known, listAt, numberAt, recordAt, stringAt } from './wire.js';

/** A row of `/api/tags`. */
export interface OllamaTag {
  readonly id: string;
  /** Changes with the model's content. */
  readonly digest: string;
  /** It runs at the vendor's, and this server passes on what it gets. */
  readonly isRemote: boolean;
}

/** What `/api/show` says of one model. */
export interface OllamaShown {
  readonly capabilities: Partial<Capabilities>;
  readonly thinks: boolean;
}

/** @throws Failed when the body is no listing. */
export function decodeTags(body: unknown): readonly OllamaTag[] {
  const list = listAt(body, 'models');
  if (list === undefined) throw new Failed({ kind: 'malformed', missing: 'models' });
  return list.flatMap((row) => {
    const id = stringAt(row, 'model') ?? stringAt(row, 'name');
    if (id === undefined) return [];
    const remote = stringAt(row, 'remote_host') ?? '';
    return [{ id, digest: stringAt(row, 'digest') ?? '', isRemote: remote !== '' }];
  });
}

/** Old servers name no capabilities; nothing is concluded from that. @throws Failed when the body is no object. */
export function decodeShow(body: unknown): OllamaShown {
  const details = recordAt({ body }, 'body');
  if (details === undefined) throw new Failed({ kind: 'malformed', missing: 'an object' });
  const architecture = stringAt(recordAt(details, 'model_info'), 'general.architecture') ?? '';
  const maxContextTokens = numberAt(recordAt(details, 'model_info'), `${architecture}.context_length`);
  const named = listAt(details, 'capabilities');
  if (named === undefined) return { capabilities: known({ maxContextTokens }), thinks: false };
  const can = (name: string): boolean => named.includes(name);
  return {
    capabilities: known({
      chat: can('completion'),
      audioInput: can('audio'),
      images: can('vision'),
      tools: can('tools'),
      // Whatever writes can be held to a grammar.
      structuredOutput: can('completion'),
      maxContextTokens,
    }),
    thinks: can('thinking'),
  };
}
