import { readFileSync } from 'node:fs';
import type { Framework } from '../core/report/pack/compose.ts';
import type { Result } from '../shared/result.ts';
import { readControls } from './controls.ts';

/**
 * The controls operator and plugin ship with, from config/report/controls.yaml. A bundle holds what this returns in its place, read when it was
 * built, so that the operator needs no parser of YAML. Failure: as of readControls.
 */
export function shippedControls(): Result<readonly Framework[], readonly string[]> {
  return readControls(readFileSync(new URL('../../config/report/controls.yaml', import.meta.url), 'utf8'));
}
