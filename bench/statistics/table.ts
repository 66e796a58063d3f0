import type { StatisticsFigures } from '../statistics.ts';
import type { Row } from '../tables.ts';

/** What the issue allows for ten thousand models of five indicators. */
const judgeLimitMs = 250;
const latestDetection = 2;

export function statisticsRows(figures: StatisticsFigures): readonly Row[] {
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  return [
    { what: 'golden vectors', figure: String(figures.vectors) },
    ...figures.sizes.map(({ rows, windows, breaches, insufficient, folkloreBreaches, breachRateAtMost }) => ({
      what: `real windows of ${rows} quiet rows: breaches / insufficient / plain PSI > 0.1`,
      figure: `${breaches} / ${insufficient} / ${folkloreBreaches} of ${windows}`,
      target: { text: `no breach (rate at most ${percent(breachRateAtMost)})`, met: breaches === 0 },
    })),
    {
      what: 'windows until the abrupt shift is found / is over',
      figure: `${figures.detectionWindows} / ${figures.clearingWindows}`,
      target: { text: `found within ${latestDetection}`, met: figures.detectionWindows > 0 && figures.detectionWindows <= latestDetection },
    },
    ...figures.mixedInPower.map(({ sharePercent, power }) => ({
      what: `power on ${sharePercent} % of people of 60 and older mixed in`,
      figure: percent(power),
    })),
    {
      what: 'least share of them found in 80 % of windows of 500 rows: ours / the oracle’s',
      figure: `${String(figures.detectableSharePercent)} % / ${figures.oracleDetectableSharePercent} %`,
    },
    ...Object.entries(figures.simulations).map(([metric, { alarmRate, atMost, power, effect, windows }]) => ({
      what: `${metric}: alarms without change / power (${effect})`,
      figure: `${percent(alarmRate)} / ${percent(power)}`,
      target: { text: `at most ${percent(atMost)} of ${windows} windows`, met: alarmRate <= atMost },
    })),
    ...Object.entries(figures.falseAlarmsPerYear).map(([what, { low, high, simulated, looks }]) => ({
      what: `${what}: alarms a year over ${looks} overlapping looks`,
      figure: simulated.toFixed(1),
      target: { text: `${low.toPrecision(2)} to ${high.toPrecision(3)}`, met: low <= simulated && simulated <= high },
    })),
    ...Object.entries(figures.peeking).map(([name, { alarmRate, naiveAlarmRate, atMost, samples, looks }]) => ({
      what: `comparison of equals looked at ${looks} times (${name}): alarms / of an interval for one look`,
      figure: `${percent(alarmRate)} / ${percent(naiveAlarmRate)}`,
      target: { text: `at most ${percent(atMost)} of ${samples} samples`, met: alarmRate <= atMost },
    })),
    {
      what: `judging ${figures.models} models of ${figures.indicators} PSI indicators`,
      figure: `${figures.judgeMs.toFixed(0)} ms of CPU`,
      target: { text: `at most ${judgeLimitMs} ms`, met: figures.judgeMs <= judgeLimitMs },
    },
    {
      what: `the same in numpy, from counts in one matrix / our rank of two`,
      figure: `${figures.numpyJudgeMs.toFixed(0)} ms of CPU / ${figures.rankAgainstNumpy}`,
    },
    { what: 'finding their series in five vectors first', figure: `${figures.demultiplexMs.toFixed(0)} ms of CPU` },
    ...Object.entries(figures.judgeMicroseconds).map(([metric, each]) => ({
      what: `one judgement by ${metric}`,
      figure: `${each.toFixed(1)} us`,
    })),
  ];
}
