import { describe, expect, it } from '@jest/globals';

import { oraclePython, oracleR } from '../../../scripts/oracle-software.ts';

const nowhere = '/nowhere/at/all';

describe('software of the oracle that is not there', () => {
  it('is named with the remedy: R', async () => {
    const found = await oracleR(nowhere);

    expect(found).toEqual({
      ok: false,
      failure:
        '/nowhere/at/all is no R with the packages actuar and spc: install them (Debian: apt-get install r-base-core r-cran-actuar r-cran-spc), or name one in MODELRISK_ORACLE_RSCRIPT',
    });
  });

  it('is named with the remedy: Python, when none of the candidates will do', async () => {
    const said: string[] = [];

    const found = await oraclePython((line) => said.push(line), [nowhere, process.execPath]);

    expect(found).toEqual({
      ok: false,
      failure:
        'there is no Python 3.11 or newer with venv: install it (Debian: apt-get install python3 python3-venv), or name one in MODELRISK_ORACLE_PYTHON',
    });
    expect(said).toEqual([]);
  });
});
