import type { ClusterAccess } from './cluster-access.ts';

/** Lets plans of a namespace act on kinds that are dangerous to touch, by the shipped RoleBindings (`config/opt-in`). */
export async function optIn(access: Pick<ClusterAccess, 'kubectl'>, namespace: string): Promise<void> {
  const applied = await access.kubectl(['apply', '--server-side', '--namespace', namespace, '-f', 'config/opt-in']);
  if (applied.code !== 0) throw new Error(`opting ${namespace} in failed: ${applied.stderr}`);
}
