/** The languages of Whisper, whose answers name them in English (`english`) where a code is wanted. */
const codes =
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue'.split(
    ' ',
  );

/** Where Whisper says it otherwise than the rest of the world. */
const ownNames: Readonly<Record<string, string>> = {
  'haitian creole': 'ht',
  lao: 'lo',
  maori: 'mi',
  myanmar: 'my',
  nynorsk: 'nn',
  pashto: 'ps',
  javanese: 'jv',
  luxembourgish: 'lb',
  tagalog: 'tl',
};

let codeOfName: ReadonlyMap<string, string> | undefined;

/** `english` → `en`, `en` → `en`; undefined for what is no language. */
export function languageCode(named: string): string | undefined {
  const name = named.trim().toLowerCase();
  if (/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/.test(name) && ownNames[name] === undefined) return named.trim();
  if (codeOfName === undefined) {
    const names = new Intl.DisplayNames(['en'], { type: 'language' });
    codeOfName = new Map(codes.map((code) => [(names.of(code) ?? code).toLowerCase(), code]));
  }
  return ownNames[name] ?? codeOfName.get(name);
}
