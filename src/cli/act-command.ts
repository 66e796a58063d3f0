/** A RiskDecision of a person; what its fields may hold the API server says. A sign-off, which carries a text, is made elsewhere. */
export interface ActCommand {
  readonly kind: 'Act';
  readonly action:
    'ReportIncident' | 'Acknowledge' | 'Postmortem' | 'FileReport' | 'Review' | 'Accept' | 'Approve' | 'Reject' | 'Hold' | 'Release';
  /** Kind of what is named. */
  readonly subject: 'ModelRisk' | 'RiskIncident' | 'RiskPolicy' | 'MitigationPlan';
  readonly name: string;
  readonly role: string;
  readonly reason: string;
  /** The fields of the spec that belong to the action. */
  readonly body: Readonly<Record<string, object | string | number>>;
}

export const actOptions = {
  role: { type: 'string' },
  reason: { type: 'string' },
  onset: { type: 'string' },
  aware: { type: 'string' },
  'known-from': { type: 'string' },
  category: { type: 'string' },
  severity: { type: 'string' },
  harm: { type: 'string' },
  verdict: { type: 'string' },
  'harm-confirmed': { type: 'string' },
  'actual-loss': { type: 'string' },
  finding: { type: 'string', multiple: true },
  reporting: { type: 'string' },
  'filed-at': { type: 'string' },
  reference: { type: 'string' },
  minutes: { type: 'string' },
  indicators: { type: 'string' },
  'expires-at': { type: 'string' },
} as const;

export type ActSwitches = { readonly [Name in Exclude<keyof typeof actOptions, 'finding'>]?: string } & { readonly finding?: string[] };
