import type { APIFailure } from '../kube/api-failure.ts';

/** What lets the operator act on kinds of this role in this namespace, and in no other, word for word. */
export function howToOptIn(clusterRole: string, namespace: string, { message }: Pick<APIFailure, 'message'>): string {
  // The server names whom it refused; who that is the operator can't know otherwise.
  const [, account = 'modelrisk-system:modelrisk-operator'] = /"system:serviceaccount:([^"]+)"/.exec(message) ?? [];
  return `kubectl create rolebinding ${clusterRole} --namespace ${namespace} --clusterrole ${clusterRole} --serviceaccount ${account}`;
}
