import { parsers as htmlParsers } from 'prettier/plugins/html';
import { parsers as markdownParsers } from 'prettier/plugins/markdown';

/** Readers of what reports are written in, none of them ours but the one of CSV. */

interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly children?: readonly MarkdownNode[];
}

interface HTMLNode {
  readonly kind: string;
  readonly name?: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string | null }[];
  readonly children?: readonly HTMLNode[];
}

export interface Node {
  readonly name: string;
  /** As a reader sees it. */
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

export async function parseMarkdown(text: string): Promise<Node> {
  return fromMarkdown((await markdownParsers.markdown.parse(text, {} as never)) as MarkdownNode);
}

function fromMarkdown({ type, value, url, children = [] }: MarkdownNode): Node {
  const inner = children.map(fromMarkdown);
  return {
    name: type,
    text: value ?? inner.map((each) => each.text).join(''),
    attributes: url === undefined ? {} : { url },
    children: inner,
  };
}

export async function parseHTML(text: string): Promise<Node> {
  return fromHTML((await htmlParsers.html.parse(text, { originalText: text, name: 'html', parser: 'html' } as never)) as HTMLNode);
}

function fromHTML({ kind, name, value, attrs = [], children = [] }: HTMLNode): Node {
  const inner = children.map(fromHTML);
  return {
    name: kind === 'element' ? (name ?? '') : kind,
    text: kind === 'text' ? decode(value ?? '') : inner.map((each) => each.text).join(''),
    attributes: Object.fromEntries(attrs.map((each) => [each.name, each.value ?? ''])),
    children: inner,
  };
}

const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity);
}

/** The node and all below it. */
export function every(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(every)];
}

export function named(node: Node, ...names: readonly string[]): readonly Node[] {
  return every(node).filter(({ name }) => names.includes(name));
}

/** RFC 4180, strictly: throws on what it does not allow. */
export function parseCSV(text: string): readonly (readonly string[])[] {
  const records: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (found === null) throw new Error(`no CSV at ${String(field.lastIndex)}`);
    const [, quoted, plain = '', end] = found;
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}
