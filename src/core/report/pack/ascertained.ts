/** How the reference of a control was ascertained, the surest first. */
export const ascertainments = ['Text', 'Contents', 'SecondHand', 'Unchecked'] as const;

export type Ascertained = (typeof ascertainments)[number];

/** In a cell of the pack, and what that means. */
const told: Readonly<Record<Ascertained, { readonly cell: string; readonly means: string }>> = {
  Text: { cell: 'text', means: 'number and subject were compared with the words of the framework, or with copies of them that agree' },
  Contents: { cell: 'contents page', means: 'number and title stand on its contents page, the clause itself was not read' },
  SecondHand: {
    cell: 'second hand',
    means: 'two independent lists or quotations agree on number and subject, the framework itself was not read',
  },
  Unchecked: { cell: 'unchecked', means: 'nobody has said how it was compared' },
};

export function ascertainedCell(ascertained: Ascertained): string {
  return told[ascertained].cell;
}

/** For who reads the pack: what stands in the column, and whose work is left. */
export const ascertainedLegend = `Reference says how the number of a control was ascertained. ${ascertainments
  .map((each) => `${told[each].cell}: ${told[each].means}`)
  .join('; ')}. Whatever is not of the text is to be compared by who owns it, before the pack is handed on.`;

/** How many references of these are of which kind, in the order of the kinds. */
export function countAscertained(controls: readonly { readonly ascertained: Ascertained }[]): readonly (readonly [Ascertained, number])[] {
  return ascertainments.map((each) => [each, controls.filter(({ ascertained }) => ascertained === each).length]);
}
