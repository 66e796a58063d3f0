"""The same PSI judgements in numpy, all models at once: standard input is JSON {upperBounds, cumulative, reference, alpha, rounds}."""

import json
import sys
import time

import numpy
from scipy import stats

asked = json.load(sys.stdin)
# One row a model: what a vector of buckets is once its labels were read, which the operator's side does for itself.
cumulative = numpy.array(asked["cumulative"], dtype=float)
reference = numpy.array(asked["reference"], dtype=float)


def breaches():
    live = numpy.diff(cumulative, axis=1, prepend=0.0)
    rows = live.sum(axis=1)
    bins = live.shape[1]
    then = (reference + 0.5) / (reference.sum() + 0.5 * bins)
    now = (live + 0.5) / (rows + 0.5 * bins)[:, None]
    psi = ((now - then) * numpy.log(now / then)).sum(axis=1)
    floor = stats.chi2.isf(asked["alpha"], bins - 1) * (1 / reference.sum() + 1 / rows)
    return int((psi > floor).sum())


found = breaches()
before = time.process_time()
for _ in range(asked["rounds"]):
    breaches()
print(json.dumps({"judgeMs": (time.process_time() - before) * 1000, "breaches": found, "numpy": numpy.__version__}))
