/** A request as its JSON says it: base64 where bytes stand. */
export function onTheWire<T>(request: T): T {
  return JSON.parse(JSON.stringify(request)) as T;
}
