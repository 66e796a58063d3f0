/** Pixels by which the page is wider than its window. */
export function overflowOf(): number;
/** What is shown, without what is hidden. */
export function visibleText(): string;
/** Text whose contrast to what is behind it is below `least` (WCAG 2.1). */
export function findFaintText(least: number): {
  readonly looked: number;
  readonly faint: readonly { readonly text: string; readonly ratio: number }[];
};
/** Text set smaller than `points`. */
export function findSmallText(points: number): readonly { readonly text: string; readonly points: number }[];
