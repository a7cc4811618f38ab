import type { IRunPropertiesOptions } from 'docx';
import type { ExportedTranscript, TimeLink } from '../core/formats/exportedTranscript.js';
import { paragraphsOf } from '../core/paragraphs.js';
import { formatDuration } from '../core/timecode.js';

/** XML has no place for control characters, not even as references. */
const printable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are the characters that are meant
  text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');

const ofSpeaker: IRunPropertiesOptions = { bold: true };

/** A Word document: a paragraph for each turn, with its speaker and the time it starts at, which is a link. */
export async function writeDocx({ name, segments, origin }: ExportedTranscript, linkTo: TimeLink): Promise<Uint8Array> {
  const { Document, ExternalHyperlink, HeadingLevel, Packer, Paragraph, TextRun } = await import('docx');
  const from = [origin.sourceName, origin.model, origin.createdAt?.slice(0, 10)].filter((part) => part !== undefined);
  const document = new Document({
    creator: 'Earshot',
    title: printable(name),
    sections: [
      {
        children: [
          new Paragraph({ heading: HeadingLevel.HEADING_1, children: [new TextRun(printable(name))] }),
          ...(from.length === 0 ? [] : [new Paragraph({ children: [new TextRun(printable(from.join(' · ')))] })]),
          ...paragraphsOf(segments).map(
            ({ speaker, startsTurn, startSeconds, text }) =>
              new Paragraph({
                spacing: { before: 160 },
                children: [
                  new ExternalHyperlink({
                    link: linkTo(startSeconds),
                    children: [new TextRun({ text: formatDuration(startSeconds), style: 'Hyperlink' })],
                  }),
                  new TextRun(' '),
                  ...(speaker !== undefined && startsTurn
                    ? [new TextRun({ text: `${printable(speaker)}: `, ...ofSpeaker })]
                    : []),
                  new TextRun(printable(text)),
                ],
              }),
          ),
        ],
      },
    ],
  });
  return new Uint8Array(await Packer.toArrayBuffer(document));
}
