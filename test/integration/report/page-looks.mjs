/* global document, getComputedStyle, NodeFilter */
/** Run inside a page: each function stands alone, because only its own text gets there. */

/** Pixels by which the page is wider than its window. */
export function overflowOf() {
  const { scrollWidth, clientWidth } = document.documentElement;
  return Math.max(0, scrollWidth - clientWidth);
}

/** What is shown, without what is hidden. */
export function visibleText() {
  return document.body.innerText;
}

/** Text whose contrast to what is behind it is below `least` (WCAG 2.1, relative luminance). */
export function findFaintText(least) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (canvas === null) throw new Error('no canvas');
  const channelsOf = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((each) => {
      const share = each / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if ((channelsOf(colour)[3] ?? 0) === 255) return colour;
    }
    return 'white';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  let looked = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? '';
    if (element === null || text === '' || element.getClientRects().length === 0) continue;
    looked += 1;
    const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = ((pair[0] ?? 0) + 0.05) / ((pair[1] ?? 0) + 0.05);
    if (ratio < least) faint.push({ text, ratio });
  }
  return { looked, faint };
}

/** Text set smaller than `points`. */
export function findSmallText(points) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? '';
    if (element === null || text === '' || element.getClientRects().length === 0) continue;
    const size = (Number.parseFloat(getComputedStyle(element).fontSize) * 72) / 96;
    if (size < points - 0.01) small.push({ text, points: size });
  }
  return small;
}
