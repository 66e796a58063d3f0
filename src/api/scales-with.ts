import * as z from 'zod';

/** `None`, not `No`: YAML 1.1, which kubectl reads, takes an unquoted No for false. */
export const scalesWith = z.enum(['Share', 'None']).default('Share').meta({
  description:
    'What the value falls with. Share: with the share of traffic the candidate gets, so a breach that goes on in a stage leads to the next. None: with nothing a stage can take away (parity, calibration: a ratio among its own answers), so a breach engages the plan, but only a value beyond threshold.severe leads to a higher stage. Default Share.',
});
