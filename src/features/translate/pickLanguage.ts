import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import type { TargetLanguage } from '../../workflows/translateAnswer.js';

const rememberedKey = 'translate.language';

/** The languages that most people speak and subtitle in; any other can be typed. */
const offered = (
  'ar bg bn ca cs da de el en es et fa fi fr gu he hi hr hu id is it ja kk ko lt lv mr ms nl no pa pl pt pt-BR ro ru sk sl ' +
  'sr sv sw ta te th tr uk ur vi zh-Hans zh-Hant'
).split(' ');

const nameOf = (tag: string): string => new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;

function ownNameOf(tag: string): string {
  return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
}

/** @throws EarshotError `invalid-settings` for what is no BCP 47 tag. */
export function languageOf(given: string): TargetLanguage {
  try {
    const [tag] = Intl.getCanonicalLocales(given.trim().replaceAll('_', '-'));
    if (tag !== undefined && nameOf(tag) !== tag) return { tag, name: nameOf(tag) };
  } catch {
    // Not even shaped like one.
  }
  throw new EarshotError(
    'invalid-settings',
    `"${given}" is no language that Earshot knows. Give its code, such as de, pt-BR or zh-Hant.`,
  );
}

/**
 * As a person says it: `German`, `Deutsch`, `de`. Undefined for other words.
 */
export function languageCalled(words: string): TargetLanguage | undefined {
  const called = words.trim().toLowerCase();
  const tag = offered.find((one) => [one, nameOf(one), ownNameOf(one)].some((name) => name.toLowerCase() === called));
  return tag === undefined ? undefined : { tag, name: nameOf(tag) };
}

/** `interview.en` → `interview`: a file that says its language in its name gets another one there. */
export function withoutLanguage(stem: string): string {
  const tag = /^.+\.([A-Za-z]{2}(?:-[A-Za-z]{2,4})?)$/.exec(stem)?.[1];
  return tag !== undefined && offered.some((one) => one.toLowerCase() === tag.toLowerCase())
    ? stem.slice(0, -tag.length - 1)
    : stem;
}

/** Asks for a language, the last one first. Undefined when the user turns away. */
export async function pickLanguage(title: string, memory: vscode.Memento): Promise<TargetLanguage | undefined> {
  const last = memory.get<string>(rememberedKey);
  interface Item extends vscode.QuickPickItem {
    readonly tag?: string;
  }
  const other: Item = { label: '$(edit) Another language…', alwaysShow: true };
  const items = offered
    .map((tag): Item & { readonly tag: string } => ({
      label: nameOf(tag),
      description: `${ownNameOf(tag)} · ${tag}`,
      tag,
    }))
    .sort((one, two) => Number(two.tag === last) - Number(one.tag === last) || one.label.localeCompare(two.label));
  const picked = await vscode.window.showQuickPick<Item>([...items, other], {
    title,
    placeHolder: 'Into which language?',
    matchOnDescription: true,
  });
  if (picked === undefined) return undefined;
  const tag = picked.tag ?? (await askForTag(title));
  if (tag === undefined) return undefined;
  const language = languageOf(tag);
  await memory.update(rememberedKey, language.tag);
  return language;
}

function askForTag(title: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt: 'The code of the language (BCP 47)',
    placeHolder: 'eo, gsw, sr-Latn',
    validateInput: (value) => {
      try {
        languageOf(value);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
}
