import * as vscode from 'vscode';
import type { EarshotApi, EarshotApiError } from '../../src/api.js';

/** What was decided in a meeting, or undefined where Earshot is not there or would have to ask the user. */
export async function decisionsOf(recording: vscode.Uri, signal?: AbortSignal): Promise<readonly string[] | undefined> {
  const earshot = vscode.extensions.getExtension<EarshotApi>('earshot.earshot');
  const api = await earshot?.activate();
  if (api?.version !== 1) return undefined;
  const { durationSeconds } = await api.probe(recording, signal);
  if (durationSeconds !== undefined && durationSeconds > 4 * 3600) return undefined;
  const schema = {
    type: 'object',
    properties: { decisions: { type: 'array', items: { type: 'string' } } },
    required: ['decisions'],
    additionalProperties: false,
  };
  try {
    const { value, isValid } = await api.extract([recording], schema, { prompt: 'Only what was agreed.' }, signal);
    return isValid ? (value as { decisions: string[] }).decisions : undefined;
  } catch (error) {
    if ((error as EarshotApiError).reason === 'consent-needed') return undefined;
    throw error;
  }
}
