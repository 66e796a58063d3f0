import { describe, expect, it } from '@jest/globals';
import { nearest } from '../../../src/cli/nearest.ts';

const commands = ['list', 'playbook', 'reviews', 'review', 'sign-off', 'report', 'restore', 'gate', 'audit', 'metrics'];

describe('nearest', () => {
  it.each([
    ['lst', 'list'],
    ['lsit', 'list'],
    ['lists', 'list'],
    ['playbok', 'playbook'],
    ['signoff', 'sign-off'],
    ['reveiws', 'reviews'],
    ['gates', 'gate'],
    ['met', 'metrics'],
    ['aduit', 'audit'],
  ])('takes %s for %s', (written, meant) => {
    expect(nearest(written, commands)).toBe(meant);
  });

  it.each(['', 'x', 'status', 'everything', '-', 'z'])('names nothing for "%s", which is near nothing', (written) => {
    expect(nearest(written, commands)).toBeNull();
  });

  it('names the nearer of two', () => {
    expect(nearest('reviewss', commands)).toBe('reviews');
    expect(nearest('resport', commands)).toBe('report');
  });

  it('finds what is written right, and nothing among nothing', () => {
    for (const each of commands) expect(nearest(each, commands)).toBe(each);
    expect(nearest('list', [])).toBeNull();
  });
});
