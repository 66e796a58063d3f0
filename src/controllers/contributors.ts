/** Who ever wrote the spec of a plan, a model or a policy; kept and proven by the policies `plan-author`, which encode as this file does. */
export const contributorsAnnotation = 'modelrisk.dev/contributors';

const separator = ',';

/** As in a URL, but only what would make the list ambiguous: most names stay as they are. */
function encode(user: string): string {
  return user.replaceAll('%', '%25').replaceAll(separator, '%2C');
}

function decode(entry: string): string {
  return entry.replaceAll('%2C', separator).replaceAll('%25', '%');
}

/** For people. Names of a list from before names were encoded come apart at their commas. */
export function contributorsIn(annotation: string): readonly string[] {
  return annotation
    .split(separator)
    .filter((entry) => entry !== '')
    .map(decode);
}

/**
 * Whether `user` stands in the list, encoded, or as it is: lists from before names were encoded hold them so. A name that is made of
 * several others in a row then counts as in the list though it never was: safe, and nobody's name.
 */
export function hasContributed(annotation: string, user: string): boolean {
  const list = `${separator}${annotation}${separator}`;
  return [encode(user), user].some((entry) => list.includes(`${separator}${entry}${separator}`));
}
