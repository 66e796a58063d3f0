import { describe, expect, it } from '@jest/globals';
import { createSignalBoard, exposition, standInSeries } from '../../../bench/signal-board.ts';

function counting(): () => number {
  let calls = 0;
  return () => (calls++ % 10) / 10;
}

describe('the board of signals', () => {
  const models = ['model-001', 'model-002'];

  it('reads another value at every look, always good until it is set bad', () => {
    const board = createSignalBoard(models, counting());
    const readings = Array.from({ length: 10 }, () => board.read('model-001'));
    expect(new Set(readings).size).toBe(10);
    expect(Math.max(...readings)).toBeLessThan(0.1);
    board.setBad('model-001', true);
    expect(board.read('model-001')).toBeGreaterThan(0.25);
    expect(board.read('model-002')).toBeLessThan(0.1);
    board.setBad('model-001', false);
    expect(board.read('model-001')).toBeLessThan(0.1);
  });

  it('answers the combined query with a value and a time for every model', () => {
    const series = standInSeries(createSignalBoard(models, counting()), 1_000_000);
    expect(series.map(({ labels }) => `${labels['model'] ?? ''} ${labels['__modelrisk_part__'] ?? ''}`)).toEqual([
      'model-001 value',
      'model-001 time0',
      'model-002 value',
      'model-002 time0',
    ]);
    expect(series.filter(({ labels }) => labels['__modelrisk_part__'] === 'time0').map(({ value }) => value)).toEqual([1000, 1000]);
  });

  it('is exposed as Prometheus reads it, only the models asked for', () => {
    const text = exposition(
      createSignalBoard(models, () => 0),
      ['model-002'],
    );
    expect(text).toBe('score_drift{model="model-002",version="2.0.0"} 0.01\n');
  });
});
