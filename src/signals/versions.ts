import { namesVersion } from './http-json/path.ts';
import type { SignalDefinition } from './port.ts';

/** A signal that doesn't answers for every version alike: its reading is the candidate's too, and says nothing of the safe one. */
export function tellsVersionsApart(signal: SignalDefinition): boolean {
  switch (signal.kind) {
    case 'Inline':
      return false;
    case 'Cluster':
      // What the candidate runs on says nothing of the safe version.
      return false;
    case 'HTTPJSON':
      return namesVersion(signal.query);
    case 'Push':
      return true;
    case 'Template':
    case 'Statistic':
    case 'Alert':
      return signal.identityLabels.version !== null;
  }
}
