import type { SchemaCase } from './schemas.ts';

const envelope = (data: unknown): string => JSON.stringify({ data, evidence: [] });

export function rightAnswer({ right }: SchemaCase): string {
  return envelope(right);
}

/** Ways in which models answer wrongly. None of these may pass, whatever the schema. */
export const wrongAnswers: Readonly<Record<string, (one: SchemaCase) => string>> = {
  'a value that the schema does not take': ({ wrong }) => envelope(wrong),
  'the wrong value in a fence': ({ wrong }) =>
    `Here it is:\n\n\`\`\`json\n${envelope(wrong)}\n\`\`\`\nI hope it helps.`,
  'no JSON at all': () => 'I am sorry, but nothing of the kind is said in this recording.',
  'JSON that breaks off': (one) => rightAnswer(one).slice(0, -3),
  'JSON with a comment': (one) => rightAnswer(one).replace('{', '{ // the data\n'),
  'the data without what is around it': ({ right }) => JSON.stringify({ result: right }),
  'two different values': (one) => `First I thought ${envelope(one.wrong)}, but it is ${rightAnswer(one)}.`,
  'the right words in a text of their own': ({ right }) => JSON.stringify({ data: { text: JSON.stringify(right) } }),
  'the schema itself': ({ schema }) => envelope({ $comment: 'schema', schema: { ...schema } }),
  'a list around the answer': (one) => `[${rightAnswer(one)}]`,
};
