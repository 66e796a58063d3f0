import * as z from 'zod';
import { objectName } from '../fields.ts';

export const job = z
  .object({
    cronJob: objectName(
      'CronJob in the namespace of the plan whose jobTemplate is run; it must be suspended (spec.suspend: true). The author of the plan must be allowed to create Jobs.',
    ),
  })
  .meta({ description: 'A remediation: a Job that is run once an engagement, and holds nothing.' });
