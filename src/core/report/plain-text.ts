/** Marks that turn the reading direction: with them a text can show another order than it has. */
const turning = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const breaking = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;

/** What objects say, on one line and as it reads: line breaks and controls become a space, turning marks are shown as what they are not. */
export function onOneLine(text: string): string {
  return text.replace(turning, '\uFFFD').replace(breaking, ' ').trim();
}
