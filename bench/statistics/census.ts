import { join } from 'node:path';

import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** One person of the census with the published model's score. */
export interface CensusScore {
  readonly year: number;
  readonly age: number;
  readonly score: number;
}

export interface CensusScores {
  readonly reference: readonly CensusScore[];
  /** In file order. */
  readonly analysis: readonly CensusScore[];
}

/** `directory` holds the two files as the package nannyml ships them. */
export async function readCensusScores(directory: string): Promise<CensusScores> {
  const read = async (part: string): Promise<readonly CensusScore[]> => {
    const file = await asyncBufferFromFile(join(directory, `employment_MA_${part}.pq`));
    const rows = await parquetReadObjects({ file, compressors, columns: ['year', 'AGEP', 'predicted_probability'] });
    return rows.map((row) => ({ year: Number(row['year']), age: Number(row['AGEP']), score: Number(row['predicted_probability']) }));
  };
  return { reference: await read('reference'), analysis: await read('analysis') };
}
