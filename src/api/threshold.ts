import * as z from 'zod';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { decimal } from './fields.ts';

/** The side on which a value is bad. */
export const direction = z.enum(['Above', 'Below']).meta({ description: 'Side on which the value is bad.' });

/** Limits in the unit of a signal. */
export const threshold = z
  .object({
    direction,
    warn: decimal('Beyond it the verdict is Warn, which moves nothing. In the unit of the signal. Left out: no warning.').exactOptional(),
    breach: decimal('Beyond it the verdict is Breach. In the unit of the signal.'),
    clear: decimal(
      'Within it a firing indicator may clear. In the unit of the signal. Left out: the value of warn, else of breach. Between clear and breach nothing changes.',
    ).exactOptional(),
    severe: decimal(
      'Beyond it a breach counts as critical in the likelihood of the risk, leads straight to stages that name the indicator in enterOnSevere, and leads to a higher stage though the signal scales with no share (scalesWith: None). In the unit of the signal, beyond breach. Left out: nothing does.',
    ).exactOptional(),
  })
  .meta({ description: 'Limits in the unit of the signal.' })
  .meta(
    cel(
      {
        rule: "!has(self.warn) || (self.direction == 'Above' ? self.warn <= self.breach : self.warn >= self.breach)",
        fieldPath: '.warn',
        message: 'warn comes before breach: with direction Above write warn <= breach, with Below warn >= breach',
      },
      {
        rule: "!has(self.clear) || (self.direction == 'Above' ? self.clear <= self.breach : self.clear >= self.breach)",
        fieldPath: '.clear',
        message: 'clear lies on the good side of breach: with direction Above write clear <= breach, with Below clear >= breach',
      },
      {
        rule: "!has(self.severe) || (self.direction == 'Above' ? self.severe > self.breach : self.severe < self.breach)",
        fieldPath: '.severe',
        message: 'severe lies beyond breach: with direction Above write severe > breach, with Below severe < breach',
      },
    ),
  );

export type ThresholdSpec = DeepReadonly<z.output<typeof threshold>>;
