import * as vscode from 'vscode';
import { endNotice, formatModelRef } from '../core/model.js';
import type { ChosenModel } from '../workflows/chooseModel.js';
import { commandIds } from './ids.js';

/** Says of a model that transcribes that it will end; of each one once a day, and without holding anything up. */
export type EndNotices = (chosen: ChosenModel) => void;

export function createEndNotices(now: () => Date): EndNotices {
  const said = new Map<string, string>();
  return ({ model }) => {
    const notice = endNotice(model.label, model.capabilities, now());
    const ref = formatModelRef(model.ref);
    const day = now().toDateString();
    if (notice === undefined || said.get(ref) === day) return;
    said.set(ref, day);
    const select = 'Select Audio Model';
    void vscode.window.showWarningMessage(notice, select).then((choice) => {
      if (choice === select) void vscode.commands.executeCommand(commandIds.selectModel);
    });
  };
}
