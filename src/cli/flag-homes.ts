/** How each kind of command is written. One that is not here knows its flags by itself. */
const written: Readonly<Record<string, string>> = {
  AuditVerify: 'audit verify',
  AuditExport: 'audit export',
  VerifyExport: 'audit verify --export',
  Backlog: 'backlog',
  Doctor: 'doctor',
  Gate: 'gate',
  Reviews: 'reviews',
  Incidents: 'incidents',
  Metrics: 'metrics',
  // Which act takes which of the flags of acts is told where they are read.
  Act: 'acknowledge and the like',
  List: 'list',
  Playbook: 'playbook',
  Explain: 'explain',
  Propose: 'propose',
  Report: 'report',
  Drill: 'drill',
  Restore: 'restore',
  RestoreAll: 'restore --all',
  SignOff: 'sign-off',
  ReferenceCapture: 'reference capture',
};

const capture = ['ReferenceCapture'] as const;
const gate = ['Gate'] as const;
const report = ['Report'] as const;
const exported = ['VerifyExport'] as const;

/** Kinds of command a flag says something to; of those that go with every command there is nothing to say. */
const homes: Readonly<Record<string, readonly string[]>> = {
  all: ['RestoreAll'],
  'drop-finalizers': ['RestoreAll'],
  'patch-kinds': ['Restore', 'RestoreAll', 'Drill'],
  ...{ indicator: capture, prometheus: capture, 'config-map': capture, apply: capture, output: capture },
  policy: ['Backlog'],
  'dry-run': ['Drill', 'SignOff'],
  wait: ['Drill'],
  model: ['Gate', 'Report'],
  ...{ version: gate, waive: gate },
  ...{ export: exported, against: exported, offline: exported },
  period: ['Metrics', 'Report'],
  ...{ format: report, tier: report },
};

/** The first flag that was given and that this kind of command would drop, in a sentence; null: none. A flag dropped without a word passes for one that was heeded. */
export function droppedFlag(kind: string, given: Readonly<Record<string, unknown>>): string | null {
  if (written[kind] === undefined) return null;
  for (const [flag, kinds] of Object.entries(homes)) {
    const value = given[flag];
    if (value === undefined || value === false || kinds.includes(kind)) continue;
    return `--${flag} goes with ${kinds.map((each) => written[each] ?? each).join(', ')}`;
  }
  return null;
}
