import { strictUtf8 } from './bytes.ts';
import type { JsonObject } from './json.ts';
import { isObject, parseJson } from './json.ts';
import type { OpenRequest } from './recorded.ts';
import { refuse } from './wireError.ts';

const unreadable =
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)";

/** Reads a JSON object from the body, and records it. */
export function readJsonBody(request: OpenRequest): JsonObject {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^application\/json(\s*;\s*charset=utf-8)?$/i.test(contentType)) {
    throw refuse(
      'content-type',
      `Unsupported content type: '${contentType}'. This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: ${contentType}'. Please try again with a supported content type.`,
      { code: 'unsupported_content_type' },
    );
  }
  try {
    request.json = parseJson(strictUtf8(request.body));
  } catch (error) {
    throw refuse('json', unreadable, { detail: String(error) });
  }
  if (!isObject(request.json)) throw refuse('json', unreadable, { detail: 'the body is not an object' });
  return request.json;
}
