import { describe, expect, it } from '@jest/globals';
import { parseUsage, usageOf } from '../../../bench/process-usage.ts';

const status = 'Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\nThreads:\t11\n';
const stat = '4711 (node) S 1 4711 4711 0 -1 4194304 9000 0 0 0 250 50 0 0 20 0 11 0 1000 1 25600 184';

describe('what a process used', () => {
  it('is read from /proc: resident memory now, processor time of user and system', () => {
    expect(parseUsage(status, stat)).toEqual({ residentMiB: 100, cpuSeconds: 3 });
  });

  it('is not confused by a name with blanks and parentheses', () => {
    expect(parseUsage(status, stat.replace('(node)', '(a (b) 1 2)')).cpuSeconds).toBe(3);
  });

  it('is an error where /proc says nothing', () => {
    expect(() => parseUsage('Name:\tnode\n', stat)).toThrow('this bench needs Linux');
    expect(() => parseUsage(status, '')).toThrow('this bench needs Linux');
  });

  it('agrees with what the process knows of itself', async () => {
    const used = await usageOf(process.pid);
    const own = process.cpuUsage();
    expect(Math.abs(used.cpuSeconds - (own.user + own.system) / 1e6)).toBeLessThan(1);
    expect(used.residentMiB).toBeGreaterThan(1);
  });
});
