import { namespace } from './watching/resources.ts';

/** What runs and where; URLs are those inside the demo's own network. */
export interface RunningParts {
  readonly kubectlCommand: string;
  readonly kubeconfig: string;
  readonly prometheusURL: string;
  readonly operatorURL: string;
  /** Null without a gateway. */
  readonly gateway: { readonly url: string; readonly host: string; readonly exampleBody: string } | null;
}

/** Lines for whoever sits at the machine: what is up and how to get in. `reach` turns a URL into one the machine can open. */
export async function lookAround(parts: RunningParts, reach: (url: string) => Promise<string>): Promise<readonly string[]> {
  const { kubectlCommand, kubeconfig, gateway } = parts;
  const [prometheus, operator] = [await reach(parts.prometheusURL), await reach(parts.operatorURL)];
  const send = gateway === null ? [] : [`curl -i -H 'host: ${gateway.host}' -d '${gateway.exampleBody}' ${await reach(gateway.url)}/score`];
  return [
    'Everything but the requests stays up until Ctrl-C, which ends it all. Look around:',
    `  objects:    ${kubectlCommand} --kubeconfig ${kubeconfig} -n ${namespace} get modelrisks,mitigationplans,riskincidents,httproutes`,
    `  record:     node dist/kubectl-modelrisk.mjs audit verify -n ${namespace} --kubeconfig ${kubeconfig}`,
    `  Prometheus: ${prometheus}`,
    `  operator:   ${operator}/metrics`,
    ...send.map((line) => `  route:      ${line}`),
  ];
}
