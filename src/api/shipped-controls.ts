import { readFileSync } from 'node:fs';

/** The text of config/report/controls.yaml, put in when operator and plugin are bundled into one file each. */
declare const bundledControls: string | undefined;

/** The controls both ship with. From a checkout they are read from where they are edited. */
export function shippedControls(): string {
  if (typeof bundledControls === 'string') return bundledControls;
  return readFileSync(new URL('../../config/report/controls.yaml', import.meta.url), 'utf8');
}
