import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';

/** What a link of Earshot's asks to play. */
export interface TimeLinkTarget {
  readonly file: vscode.Uri;
  readonly seconds: number;
  readonly until?: number;
}

const neverFetched = ['http', 'https', 'command', 'data', 'earshot-url'];

/**
 * `…/open?file=<uri>&t=<seconds>`, with `until=<seconds>` for a part. Links come from anywhere: nothing is fetched for one.
 * @throws EarshotError `unsupported-media` for an address that is none of these.
 */
export function readTimeLink({ path, query }: vscode.Uri): TimeLinkTarget {
  const parameters = new URLSearchParams(query);
  const file = parameters.get('file');
  const seconds = secondsOf(parameters.get('t')) ?? 0;
  const until = secondsOf(parameters.get('until'));
  if (path !== '/open' || file === null || !/^[a-z][\w+.-]*:/i.test(file)) {
    throw new EarshotError(
      'no-clip',
      'This link names no recording. Export the transcript again, or open the recording by hand.',
    );
  }
  const uri = vscode.Uri.parse(file, true);
  if (neverFetched.includes(uri.scheme)) {
    throw new EarshotError(
      'no-clip',
      `Links play recordings of this machine or workspace, and this one leads to ${uri.scheme}:. Download the recording first.`,
    );
  }
  return { file: uri, seconds, ...(until === undefined ? {} : { until }) };
}

function secondsOf(given: string | null): number | undefined {
  const seconds = given === null || given === '' ? Number.NaN : Number(given);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
