import * as z from 'zod';
import { mapList, objectName } from './fields.ts';

const workloadRef = z
  .object({
    group: z.enum(['apps']).meta({ description: 'API group of the workload: apps.' }),
    kind: z.enum(['Deployment', 'StatefulSet']).meta({ description: 'Kind of the workload.' }),
    name: objectName('Workload in the namespace of the ModelRisk.'),
  })
  .meta({ description: 'One object whose pods answer for the model.' });

export const workloadRefsSchema = mapList(workloadRef, ['group', 'kind', 'name'], {
  max: 8,
  description:
    'What the version under guard runs on: signals that read the state of the cluster (workload, posture, report) look at these and their pods. Left out: such signals have no data.',
});
