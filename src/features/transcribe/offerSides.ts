import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.js';
import type { Services } from '../../host/services.js';
import type { ChosenModel } from '../../workflows/chooseModel.js';
import type { OpenClip } from '../../workflows/ports.js';
import { relationOfChannels, type SpeakerWay, tellsSpeakers } from '../../workflows/sides.js';

const storageKey = 'earshot.sidesOfRecordings';
/** The oldest answers are forgotten. */
const mostAnswers = 500;

type Answer = Extract<SpeakerWay, 'auto' | 'channels'>;

interface Remembered {
  readonly sha256: string;
  readonly answer: Answer;
}

const apart = 'Each Side Apart';
const asOne = 'As One';

/**
 * Asks, once for each recording, whether to transcribe its two sides apart, where two people seem to speak and the model does
 * not tell them apart.
 * @throws EarshotError `cancelled` when the user cancels instead of answering
 */
export async function offerSides(
  clip: OpenClip,
  chosen: ChosenModel,
  { engine, log }: Services,
  memory: vscode.Memento,
  signal: AbortSignal,
): Promise<Answer> {
  if (tellsSpeakers(chosen.model.capabilities)) return 'auto';
  const probe = await engine.probe(clip.source, signal);
  if ((await relationOfChannels({ clip, probe, engine, signal })) !== 'apart') return 'auto';
  const sha256 = await engine.sha256(clip.source, signal);
  const answers = memory.get<readonly Remembered[]>(storageKey) ?? [];
  const before = answers.find((one) => one.sha256 === sha256);
  if (before !== undefined) return before.answer;
  const choice = await vscode.window.showInformationMessage(
    `Two people seem to speak in ${clip.name}, one on each channel. Transcribe each side apart?`,
    {
      modal: true,
      detail: `Each side then has its speaker, Left and Right, whom you can rename. It costs twice the seconds. ${chosen.model.label} tells no speakers apart by itself.`,
    },
    apart,
    asOne,
  );
  if (choice === undefined) throw cancelled();
  const answer = choice === apart ? 'channels' : 'auto';
  log.info(`${clip.name} is transcribed ${answer === 'channels' ? 'each side apart' : 'as one'}, as chosen`);
  await memory.update(storageKey, [...answers, { sha256, answer }].slice(-mostAnswers));
  return answer;
}
