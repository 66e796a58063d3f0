import { failure, success } from '../../shared/result.ts';
import type { Result } from '../../shared/result.ts';
import { waivable } from './verdict.ts';
import type { Waivable } from './verdict.ts';

function isWaivable(word: string): word is Waivable {
  return waivable.some((kind) => kind === word);
}

/** Items that are not to count, separated by commas. Failure: the end of a sentence. */
export function readWaived(text: string): Result<readonly Waivable[], string> {
  const words = text.split(',').filter((word) => word !== '');
  const unknown = words.find((word) => !isWaivable(word));
  return unknown === undefined
    ? success(words.filter(isWaivable))
    : failure(`${unknown} can't be waived; what can be is ${waivable.join(', ')}`);
}
