import { isForbiddenHost } from './forbidden-address.ts';

/** A server numbers come from, as a RiskPolicy names it. */
export interface ProviderAddress {
  readonly name: string;
  /** `http` or `https`, without credentials, query or fragment; a path is kept as prefix of what is asked. */
  readonly url: string;
  /** From asking, the wait for a place included, to the last byte of the answer. */
  readonly timeoutSeconds: number;
}

export interface ProviderFailure {
  readonly cause: 'Unreachable' | 'Timeout' | 'HTTPStatus' | 'BadBody' | 'TooLarge' | 'QueryRejected';
  /** At most `maxMessageLength` characters, made of our own words: never a body, a header or an address. */
  readonly message: string;
  /** Others took all places for most of the time this one had: its failure says nothing of the provider. */
  readonly crowded?: true;
  /** What the query met in the data is the cause: asked for fewer namespaces it may succeed. */
  readonly byData?: true;
}

export const maxMessageLength = 256;

export const leadsAstray =
  'leads to a link-local or cloud metadata address, which is never asked; name the address of the provider itself in the RiskPolicy';

/** Says why an address can't be used, or null. What a name leads to is only known, and refused, when it is connected to. */
export function providerURLProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return 'the URL of the provider cannot be read; write http://host:port';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'the URL of the provider must begin with http:// or https://';
  if (url.username !== '' || url.password !== '') return 'the URL of the provider must not hold credentials';
  if (url.search !== '' || url.hash !== '') return 'the URL of the provider must not hold a query or a fragment';
  if (isForbiddenHost(url.hostname)) return `the URL of the provider ${leadsAstray}`;
  return null;
}

/** What an answer other than 200 says of the provider. */
export function statusMessage(status: number): string {
  const hint = status >= 300 && status < 400 ? '; redirects are not followed, name the final URL in the RiskPolicy' : '';
  return `answered with HTTP status ${status}${hint}`;
}
