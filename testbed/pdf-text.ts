import { runCommand } from './run-command.ts';
import { resolveTool } from './tools/resolve.ts';

/** One word as it stands on paper; lengths in points, from the upper left corner. */
export interface PrintedWord {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

export interface PrintedPage {
  readonly width: number;
  readonly height: number;
  readonly words: readonly PrintedWord[];
  /** Text in the order it was drawn, which keeps each cell of a table together. */
  readonly text: string;
}

async function extract(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(await resolveTool('pdftotext'), args);
  if (code !== 0) throw new Error(`pdftotext ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

const page = /<page width="([\d.]+)" height="([\d.]+)">([\s\S]*?)<\/page>/g;
const word = /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g;

/** What a reader sees of a PDF, page by page. */
export async function readPDF(file: string): Promise<readonly PrintedPage[]> {
  const texts = (await extract(['-raw', file, '-'])).split('\f');
  const boxes = await extract(['-bbox', file, '-']);
  return [...boxes.matchAll(page)].map(([, width, height, inner = ''], index) => ({
    width: Number(width),
    height: Number(height),
    text: texts[index] ?? '',
    words: [...inner.matchAll(word)].map(([, left, top, right, bottom, text = '']) => ({
      text,
      left: Number(left),
      right: Number(right),
      height: Number(bottom) - Number(top),
    })),
  }));
}
