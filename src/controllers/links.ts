import { linksOf } from '../api/link-template.ts';
import type { Link, LinkFacts } from '../api/link-template.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Programme } from './programme.ts';
import type { RiskState } from './risk-state.ts';

/** What is linked of a model for one of these categories: the category's own word first, then its tier's, then its policy's. */
export function modelLinks(
  { identity, terms }: Pick<RiskState, 'identity' | 'terms'>,
  { policy, categories, facts }: { readonly policy: RiskPolicy | null; readonly categories: readonly string[]; readonly facts: LinkFacts },
): readonly Link[] {
  const known = policy?.spec.categories.filter(({ name }) => categories.includes(name)) ?? [];
  const { namespace, model, version } = identity;
  return linksOf([...known, terms.tier?.playbook, policy?.spec], { namespace, model, version, ...facts });
}

interface RawIncident {
  readonly spec?: {
    readonly riskRef?: { readonly name?: string; readonly uid?: string };
    readonly categories?: readonly string[];
    readonly trigger?: readonly { readonly indicator?: string }[];
  };
  readonly status?: { readonly links?: readonly Link[] };
}

/** Of an incident: by the policy and the model as they are now; what its status says once they are gone. */
export function incidentLinks(object: UntypedObject, { risks, policies }: Pick<Programme, 'risks' | 'policies'>): readonly Link[] {
  const { spec, status } = object as RawIncident;
  const { namespace = '', name } = object.metadata;
  const risk = risks.get(`${namespace}/${spec?.riskRef?.name ?? ''}`);
  if (risk === undefined || risk.uid !== spec?.riskRef?.uid) return status?.links ?? [];
  const indicator = spec.trigger?.[0]?.indicator;
  const facts = { incident: name, ...(indicator === undefined ? {} : { indicator }) };
  const policy = policies.get(risk.risk.spec.policyRef.name) ?? null;
  return modelLinks(risk, { policy, categories: spec.categories ?? [], facts });
}
