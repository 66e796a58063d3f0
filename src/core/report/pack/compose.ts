import type { ReportBlock, ReportDocument, ReportSection } from '../document.ts';
import { ascertainedCell, ascertainedLegend, countAscertained } from './ascertained.ts';
import type { Ascertained } from './ascertained.ts';
import { evaluate } from './evaluators.ts';
import type { EvaluatorName } from './evaluators.ts';
import { combine } from './evidence.ts';
import type { Evidence, EvidenceState } from './evidence.ts';
import type { PackFacts } from './facts.ts';

/** One thing a framework asks, and the evidence that speaks to it. */
export interface Control {
  /** As the framework numbers it. */
  readonly reference: string;
  /** In our own words. */
  readonly asks: string;
  readonly ascertained: Ascertained;
  readonly evidence: readonly EvaluatorName[];
}

export interface Framework {
  readonly name: string;
  readonly edition: string;
  /** To whom it applies, since when, what our list leaves out. */
  readonly note: string;
  readonly controls: readonly Control[];
}

export interface PackFrame {
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly scope: string;
  /** What could not be read: one sentence each. */
  readonly gaps: readonly string[];
}

/** A longer list is no longer read: the objects themselves say it then. */
const mostLacks = 500;

const disclaimer =
  'This pack shows what the objects of the programme say, control by control. It is evidence, not legal advice, and no claim that anything conforms: what a framework asks is told in our own short words, its text decides, and much of what it asks is outside of any cluster.';

const words: Readonly<Record<EvidenceState, string>> = {
  Evidenced: 'Evidenced',
  Partly: 'Partly evidenced',
  Missing: 'Missing',
  NotEvidencedHere: 'Not evidenced here',
};

type Weighed = ReadonlyMap<EvaluatorName, Evidence>;

/** By control: what the framework asks, what the cluster shows, what is missing. Evidence is weighed once, however many controls name it. */
export function composePack(facts: PackFacts, frameworks: readonly Framework[], { generatedAt, scope, gaps }: PackFrame): ReportDocument {
  const used = [...new Set(frameworks.flatMap(({ controls }) => controls.flatMap(({ evidence }) => evidence)))];
  const weighed: Weighed = new Map(used.map((name) => [name, evaluate(name, facts)]));
  return {
    title: 'Regulator pack',
    subtitle: frameworks.map(({ name, edition }) => `${name} (${edition})`).join(', '),
    generatedAt,
    period: null,
    scope,
    sections: [
      summary(frameworks, weighed, gaps),
      ...frameworks.map((framework) => frameworkSection(framework, weighed)),
      evidenceSection(weighed),
      lackSection(weighed),
    ],
  };
}

function evidenceOf({ evidence }: Control, weighed: Weighed): readonly (readonly [EvaluatorName, Evidence])[] {
  return evidence.flatMap((name) => {
    const found = weighed.get(name);
    return found === undefined ? [] : [[name, found] as const];
  });
}

/** The state of a control is that of all its evidence together. */
function controlState(control: Control, weighed: Weighed): EvidenceState {
  return combine(evidenceOf(control, weighed).map(([, { state }]) => state));
}

function summary(frameworks: readonly Framework[], weighed: Weighed, gaps: readonly string[]): ReportSection {
  const figures = frameworks.flatMap(({ name, controls }) =>
    (['Evidenced', 'Partly', 'Missing', 'NotEvidencedHere'] as const).map((state) => {
      const count = controls.filter((control) => controlState(control, weighed) === state).length;
      return {
        label: `${name}: ${words[state].toLowerCase()}`,
        value: String(count),
        number: count,
        unit: 'controls',
        n: controls.length,
        source: `this report, section ${name}`,
      };
    }),
  );
  const left: readonly ReportBlock[] = gaps.length === 0 ? [] : [{ kind: 'Gaps', items: gaps }];
  return {
    heading: 'What this is',
    blocks: [{ kind: 'Text', text: disclaimer }, { kind: 'Text', text: ascertainedLegend }, { kind: 'Figures', figures }, ...left],
  };
}

function frameworkSection(framework: Framework, weighed: Weighed): ReportSection {
  const { name, edition, note, controls } = framework;
  const rows = controls.map((control) => {
    const found = evidenceOf(control, weighed);
    return {
      cells: [
        control.reference,
        control.asks,
        words[controlState(control, weighed)],
        found.map(([evaluator, evidence]) => shown(evaluator, evidence)).join('; '),
        found.flatMap(([evaluator, evidence]) => lacking(evaluator, evidence)).join('; ') || '-',
        ascertainedCell(control.ascertained),
      ],
      source: [...new Set(found.map(([, { source }]) => source))].join('; '),
    };
  });
  return {
    heading: name,
    blocks: [
      { kind: 'Text', text: `Edition: ${edition}. ${note}`.trim() },
      { kind: 'Text', text: referencesOf(controls), source: `this report, Controls of ${name}` },
      {
        kind: 'Table',
        caption: `Controls of ${name}`,
        columns: ['Control', 'It asks', 'State', 'The cluster shows', 'Missing', 'Reference'],
        rows,
      },
    ],
  };
}

/** `References: 19 text, 2 second hand.` */
function referencesOf(controls: readonly Control[]): string {
  const counted = countAscertained(controls).filter(([, count]) => count > 0);
  return `References: ${counted.map(([each, count]) => `${String(count)} ${ascertainedCell(each)}`).join(', ')}.`;
}

function shown(evaluator: string, { n, of, why }: Evidence): string {
  return why === null ? `${evaluator} ${String(n)} of ${String(of)}` : `${evaluator}: nothing`;
}

function lacking(evaluator: string, { n, of, why }: Evidence): readonly string[] {
  if (why !== null) return [`${evaluator}: ${why}`];
  return n === of ? [] : [`${evaluator}: ${String(of - n)} of ${String(of)}, listed under Missing, object by object`];
}

function evidenceSection(weighed: Weighed): ReportSection {
  const rows = [...weighed].map(([name, { state, n, of, population, source }]) => ({
    cells: [name, population, String(n), String(of), words[state]],
    source,
  }));
  return {
    heading: 'Evidence',
    blocks: [{ kind: 'Table', caption: 'What was counted', columns: ['Evidence', 'Population', 'Shows it', 'Looked at', 'State'], rows }],
  };
}

function lackSection(weighed: Weighed): ReportSection {
  const lacks = [...weighed].flatMap(([name, { items, source }]) =>
    items.flatMap(({ ref, lack }) => (lack === null ? [] : [{ cells: [ref, name, lack], source }])),
  );
  const rows = lacks.toSorted((a, b) => ((a.cells[0] ?? '') < (b.cells[0] ?? '') ? -1 : 1));
  const beyond = rows.length - mostLacks;
  const more: readonly ReportBlock[] =
    beyond > 0
      ? [{ kind: 'Gaps', items: [`${String(beyond)} more of ${String(rows.length)} are left out: narrow the scope (-n, --framework).`] }]
      : [];
  return {
    heading: 'Missing, object by object',
    blocks: [
      {
        kind: 'Table',
        caption: 'What each object lacks, and what to do',
        columns: ['Object', 'Evidence', 'What is missing'],
        rows: rows.slice(0, mostLacks),
      },
      ...more,
    ],
  };
}
