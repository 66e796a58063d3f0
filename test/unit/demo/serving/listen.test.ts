import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { postOutcomes } from '../../../../demo/calling/outcomes.ts';
import { toRequestBody } from '../../../../demo/census/row.ts';
import { readDemoRows } from '../../../../demo/data-files.ts';
import { listen, type ListeningModel } from '../../../../demo/serving/listen.ts';
import { createServedModel } from '../../../../demo/serving/served-model.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';

const [row] = readDemoRows().ordinary;
if (row === undefined) throw new Error('demo/data has no ordinary rows');
let listening: ListeningModel;
let origin: string;
let adminOrigin: string;

beforeAll(async () => {
  const model = createServedModel({ role: 'candidate', version: '2.0.0', clock: createManualClock(0) });
  listening = await listen(model, { host: '127.0.0.1', port: 0, adminPort: 0 });
  [origin, adminOrigin] = [`http://127.0.0.1:${String(listening.port)}`, `http://127.0.0.1:${String(listening.adminPort)}`];
});

afterAll(() => {
  listening.stop();
});

async function scrape(): Promise<string> {
  return (await fetch(`${origin}/metrics`)).text();
}

describe('a listening model', () => {
  it('answers a row with its published score, and counts what came true of it when it is told', async () => {
    const answer = await fetch(`${origin}/score?from=test`, { method: 'POST', body: toRequestBody(row) });
    expect(await answer.json()).toMatchObject({ id: row.id, score: row.publishedScore });
    await postOutcomes(adminOrigin, [{ id: row.id, employed: row.employed }]);
    const text = await scrape();
    expect(text).toMatch(/model_score_count\{[^}]*served="live"[^}]*\} 1\n/);
    expect(text).toMatch(/model_outcome_rows_total\{[^}]*\} 1\n/);
    const saturation = Number(/model_saturation_ratio\{[^}]*\} (\S+)/.exec(text)?.[1]);
    expect(saturation).toBeGreaterThanOrEqual(0);
    expect(saturation).toBeLessThanOrEqual(1);
  });

  it('tells who posts outcomes that it did not take them', async () => {
    await expect(postOutcomes(origin, [])).rejects.toThrow('the outcomes were not taken');
  });

  it('takes no body without end', async () => {
    const answer = await fetch(`${origin}/score`, { method: 'POST', body: 'x'.repeat(70_000) });
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('longer than 65536 bytes');
  });
});
