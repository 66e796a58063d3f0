import * as z from 'zod';
import type { GeneratedRoute } from '../../core/model/generated-route.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { mapList, name, percent, requiredText, setList } from '../fields.ts';

const parentRef = z
  .object({
    name: name('Gateway the route attaches to.'),
    namespace: name('Its namespace. Left out: that of the plan.').exactOptional(),
    sectionName: requiredText(253, 'One listener of it. Left out: all.').exactOptional(),
  })
  .meta({ description: 'A Gateway.' });

/** How the operator makes the route itself; `docs/gitops.md`, mode A. */
export const generate = z
  .object({
    parentRefs: mapList(parentRef, 'name', { min: 1, max: 8, description: 'Gateways the route attaches to.' }),
    hostnames: setList(requiredText(253, 'Host name, or *.example.com.'), {
      max: 16,
      description: 'Hosts whose requests the route takes. Left out: all of the Gateways.',
    }).exactOptional(),
    pathPrefix: z
      .string()
      .min(1)
      .max(1024)
      .regex(/^\//)
      .default('/')
      .meta({ description: 'Paths it takes begin with this, with / first. Default /.' }),
    candidatePercent: percent(
      'Share of requests the candidate gets while nothing is constrained; the safe backend gets the rest. What users want: a constraint bounds it, and a release gives it back.',
    ),
  })
  .meta({
    description:
      'The operator creates and owns the route, and undoes what others write into it. Its author must be allowed to create HTTPRoutes. It stays when the plan is deleted. Left out: the route is its users’.',
  });

interface GeneratingTarget {
  readonly name: string;
  readonly candidate: GeneratedRoute['candidate'];
  readonly safe: GeneratedRoute['safe'];
  readonly generate?: DeepReadonly<z.output<typeof generate>>;
}

export function toGeneratedRoute(plan: string, target: GeneratingTarget): GeneratedRoute | null {
  if (target.generate === undefined) return null;
  const { parentRefs, hostnames = [], pathPrefix, candidatePercent } = target.generate;
  const parents = parentRefs.map(({ name: parent, namespace = null, sectionName = null }) => ({ name: parent, namespace, sectionName }));
  const backend = ({ service, port }: GeneratedRoute['safe']): GeneratedRoute['safe'] => ({ service, port });
  const ends = { candidate: backend(target.candidate), safe: backend(target.safe) };
  return { object: target.name, plan, parentRefs: parents, hostnames, pathPrefix, candidatePercent, ...ends };
}
