import type { ReportDocument } from './document.ts';
import { renderCSV } from './render-csv.ts';
import { renderHTML } from './render-html.ts';
import { renderMarkdown } from './render-markdown.ts';

export const reportFormats = ['md', 'html', 'json', 'csv'] as const;

export type ReportFormat = (typeof reportFormats)[number];

const renderers: Readonly<Record<ReportFormat, (document: ReportDocument) => string>> = {
  md: renderMarkdown,
  html: renderHTML,
  csv: renderCSV,
  json: (document) => `${JSON.stringify(document, null, 2)}\n`,
};

/** The document as a file: the same document gives the same bytes. */
export function renderReport(document: ReportDocument, format: ReportFormat): string {
  return renderers[format](document);
}
