import type { ReportDocument } from './document.ts';
import { renderMarkdown } from './render-markdown.ts';

export const reportFormats = ['md', 'json'] as const;

export type ReportFormat = (typeof reportFormats)[number];

const renderers: Readonly<Record<ReportFormat, (document: ReportDocument) => string>> = {
  md: renderMarkdown,
  json: (document) => `${JSON.stringify(document, null, 2)}\n`,
};

/** The document as a file: the same document gives the same bytes. */
export function renderReport(document: ReportDocument, format: ReportFormat): string {
  return renderers[format](document);
}
