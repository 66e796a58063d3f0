import type { Target } from '../../core/model/target.ts';
import { describeObject, namespaceOf } from '../metadata.ts';
import type { TargetObject } from '../port.ts';
import type { RouteDialect } from './dialect.ts';
import { rulesOf } from './route.ts';
import { liveBackends } from './summary.ts';

/** Backends with a share of live requests that may lead to the candidate, and are not what a limit on the target is laid on. */
export function uncappedPaths(live: TargetObject, target: Target, dialect: RouteDialect): readonly string[] {
  const ends = dialect.endsOf(target, namespaceOf(live));
  const { whenBeside } = dialect;
  if (ends === null || whenBeside === null) return [];
  return rulesOf(live, dialect.grammar).flatMap((rule) => {
    const paths = liveBackends(rule).filter(({ id, weight }) => weight > 0 && ends.reach(id) === 'Beside');
    return [...new Set(paths.map(({ id }) => id))].map(
      (id) =>
        `Rule ${rule.index + 1} of ${describeObject(live)} sends requests to ${id}, which no limit on target ${target.name} (candidate ${ends.candidate.id}) reaches. ${whenBeside}`,
    );
  });
}
