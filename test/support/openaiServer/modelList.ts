import type { Bench, Endpoint } from './bench.ts';
import { requireModel } from './bench.ts';
import type { JsonObject } from './json.ts';
import type { ModelRow } from './models.ts';
import { jsonReply } from './reply.ts';
import { refuse } from './wireError.ts';

function modelObject(row: ModelRow): JsonObject {
  return {
    id: row.id,
    object: 'model',
    created: 1_760_000_000,
    owned_by: 'system',
    shutdown_date: row.shutdownDate ?? null,
  };
}

/** `GET /v1/models` */
export const listModels: Endpoint = (request, bench) => {
  refuseBody(request.body);
  return Promise.resolve(() =>
    Promise.resolve(jsonReply({ object: 'list', data: [...bench.models.values()].map(modelObject) })),
  );
};

/** `GET /v1/models/{model}` */
export function oneModel(id: string): Endpoint {
  return (request, bench: Bench) => {
    refuseBody(request.body);
    const row = requireModel(bench, id);
    return Promise.resolve(() => Promise.resolve(jsonReply(modelObject(row))));
  };
}

function refuseBody(body: Uint8Array): void {
  if (body.byteLength > 0) throw refuse('invalid-value', 'A GET request has no body.');
}
