import { describe, expect, it } from '@jest/globals';
import type { ReportDocument, ReportTable } from '../../../../../src/core/report/document.ts';
import { composePack } from '../../../../../src/core/report/pack/compose.ts';
import type { Framework } from '../../../../../src/core/report/pack/compose.ts';
import { aBarePackModel, aPackModel, packOf } from '../../../../builders/pack.ts';

const framework: Framework = {
  name: 'Some Act',
  edition: '2024',
  note: 'For those it names.',
  controls: [
    { reference: 'Article 1', asks: 'Know your models.', ascertained: 'Text', evidence: ['Inventory', 'Tiering'] },
    { reference: 'Article 2', asks: 'Train people.', ascertained: 'SecondHand', evidence: ['Training'] },
    { reference: 'Article 3', asks: 'Know them, and train people.', ascertained: 'Unchecked', evidence: ['Tiering', 'Training'] },
  ],
};
const frame = { generatedAt: '2026-06-01T12:00:00.000Z', scope: 'namespace lending', gaps: [] };
const facts = packOf({ models: [aPackModel(), aBarePackModel()] });
const pack = composePack(facts, [framework], frame);

function tables({ sections }: ReportDocument, heading: string): readonly ReportTable[] {
  const section = sections.find((each) => each.heading === heading);
  return (section?.blocks ?? []).flatMap((block) => (block.kind === 'Table' ? [block] : []));
}

describe('a pack', () => {
  it('says per control what is asked, what is shown and what is missing, with where it was read', () => {
    expect(tables(pack, 'Some Act')[0]?.rows).toEqual([
      {
        cells: [
          'Article 1',
          'Know your models.',
          'Partly evidenced',
          'Inventory 2 of 2; Tiering 1 of 2',
          'Tiering: 1 of 2, listed under Missing, object by object',
          'text',
        ],
        source: 'ModelRisks, workloads that look like models (kubectl modelrisk list); ModelRisk .status.tier',
      },
      {
        cells: [
          'Article 2',
          'Train people.',
          'Not evidenced here',
          'Training: nothing',
          'Training: Training and competence of people: kept outside of the cluster, add it by hand.',
          'second hand',
        ],
        source: 'nothing in the cluster',
      },
      {
        cells: [
          'Article 3',
          'Know them, and train people.',
          'Partly evidenced',
          'Tiering 1 of 2; Training: nothing',
          'Tiering: 1 of 2, listed under Missing, object by object; Training: Training and competence of people: kept outside of the cluster, add it by hand.',
          'unchecked',
        ],
        source: 'ModelRisk .status.tier; nothing in the cluster',
      },
    ]);
  });

  it('counts evidence once, however many controls name it', () => {
    expect(tables(pack, 'Evidence')[0]?.rows.map(({ cells }) => cells)).toEqual([
      ['Inventory', 'workloads that serve models and have a ModelRisk with owner, version and risks', '2', '2', 'Evidenced'],
      ['Tiering', 'models in a tier', '1', '2', 'Partly evidenced'],
      ['Training', 'Training and competence of people', '0', '0', 'Not evidenced here'],
    ]);
  });

  it('names each object that lacks something, and what to do', () => {
    expect(tables(pack, 'Missing, object by object')[0]?.rows).toEqual([
      {
        cells: [
          'ModelRisk lending/bare',
          'Tiering',
          'It is in no tier: give its policy a tier that takes every model, or it a criticality.',
        ],
        source: 'ModelRisk .status.tier',
      },
    ]);
  });

  it('says first that it is evidence and no claim, and how many controls stand how', () => {
    const [text, , figures] = pack.sections[0]?.blocks ?? [];
    expect(text).toMatchObject({
      kind: 'Text',
      text: expect.stringMatching(/It is evidence, not legal advice, and no claim that anything conforms/),
    });
    expect(figures).toMatchObject({
      kind: 'Figures',
      figures: [
        { label: 'Some Act: evidenced', value: '0', number: 0, n: 3 },
        { label: 'Some Act: partly evidenced', value: '2', number: 2, n: 3 },
        { label: 'Some Act: missing', value: '0', number: 0, n: 3 },
        { label: 'Some Act: not evidenced here', value: '1', number: 1, n: 3 },
      ],
    });
  });

  it('carries edition, note, scope and time of what it says', () => {
    expect(pack).toMatchObject({ ...{ generatedAt: frame.generatedAt, scope: frame.scope }, period: null, subtitle: 'Some Act (2024)' });
    expect(pack.sections[1]?.blocks[0]).toEqual({ kind: 'Text', text: 'Edition: 2024. For those it names.' });
  });

  it('says of each framework how its references were ascertained, and once what that means', () => {
    expect(pack.sections[1]?.blocks[1]).toEqual({
      kind: 'Text',
      text: 'References: 1 text, 1 second hand, 1 unchecked.',
      source: 'this report, Controls of Some Act',
    });
    expect(pack.sections[0]?.blocks[1]).toMatchObject({ kind: 'Text', text: expect.stringMatching(/^Reference says how the number /) });
    const legend = JSON.stringify(pack.sections[0]?.blocks[1]);
    for (const word of ['text: ', 'contents page: ', 'second hand: ', 'unchecked: ']) expect(legend).toContain(word);
  });

  it('tells what could not be read', () => {
    const gaps = ['RiskPolicies cannot be listed.'];
    expect(composePack(facts, [framework], { ...frame, gaps }).sections[0]?.blocks.at(-1)).toEqual({ kind: 'Gaps', items: gaps });
  });

  it('leaves out what is too long a list, and says how much', () => {
    const many = packOf({ models: Array.from({ length: 600 }, (_, index) => aBarePackModel(`ModelRisk lending/${String(index)}`)) });
    const long = composePack(many, [framework], frame).sections.at(-1);
    expect(long?.blocks[0]).toMatchObject({ rows: { length: 500 } });
    expect(long?.blocks[1]).toEqual({ kind: 'Gaps', items: ['100 more of 600 are left out: narrow the scope (-n, --framework).'] });
  });

  it('of the same facts is the same, to the byte', () => {
    expect(JSON.stringify(composePack(facts, [framework], frame))).toBe(JSON.stringify(pack));
  });
});
