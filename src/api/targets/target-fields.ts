import * as z from 'zod';
import { name, requiredText, seconds } from '../fields.ts';

export const minReadyEndpoints = z
  .int()
  .min(1)
  .max(1000)
  .default(1)
  .meta({ description: 'Ready endpoints the safe Service needs before traffic moves to it. Default 1.' });

/** The schema refuses traffic targets that name different ones: it is judged once for the plan. */
export const safeVersion = requiredText(
  128,
  'Version the safe Service runs, judged by the same indicators before traffic moves: if it is in breach too, the cause is shared. Left out: not judged, and the incident says so.',
).exactOptional();

/** How long whatever follows a target may take, where nothing tells when it has. */
export const settleSeconds = (byDefault: number, description: string) => seconds(0, description).default(byDefault);

/** Of a flag. */
export const behind = name(
  'Target of this plan (a route) the callers of the flag sit behind. Left out: the flag moves live traffic by itself, and rolling forward again needs a fresh Ok.',
).exactOptional();
