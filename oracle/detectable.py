"""How large a share of people of sixty and older has to be mixed into a window before a drift limit notices: by drawing, and by theory beside it.

The counts are those of the published rows (employment_MA_reference and employment_MA_analysis of NannyML/nannyml at 4c86ee3): scores by decile of 2015,
of 2015, of everybody in 2016 to 2018, and of those of them with AGEP >= 60. bench/statistics refuses to go on when it counts otherwise.
"""

import numpy as np
from scipy import stats

from .vector import vector

BOUNDS = (0.0001498, 0.02824, 0.1878, 0.3633, 0.5835, 0.7353, 0.8011, 0.8507, 0.9065)
REFERENCE = (6918, 6839, 6876, 6924, 6840, 6876, 6888, 6839, 6905, 6880)
EVERYBODY = (20684, 20431, 21552, 21433, 20957, 20802, 20593, 20057, 21239, 21144)
MIXED_IN = (0, 6106, 17228, 11336, 8762, 6991, 3004, 1290, 263, 31)
# The same scores in ten bins of equal width, as the research cut them.
REFERENCE_BY_TENTHS = (17038, 4154, 3793, 3915, 2862, 3264, 4340, 8657, 12754, 8008)
MIXED_IN_BY_TENTHS = (15090, 9512, 6701, 5162, 4022, 3671, 4244, 4907, 1660, 42)
DRAWS = 50_000
WANTED_POWER = 0.8


def vectors():
    yield vector("alone", "risk-quant 6.1, AGEP >= 60 only", {"reference": REFERENCE_BY_TENTHS, "live": MIXED_IN_BY_TENTHS},
                 {"psi": smoothed_psi(np.array(REFERENCE_BY_TENTHS), np.array(MIXED_IN_BY_TENTHS))}, {"psi": "1.09"})
    for rows in (500, 1000):
        yield mixed(rows, limit=0.1, alpha=0.01)


def mixed(rows, limit, alpha):
    powers = {share: power(rows, round(rows * share / 100), limit, alpha) for share in range(1, 61)}
    detectable = min(share for share, reached in powers.items() if reached >= WANTED_POWER)
    shares = sorted({10, 20, 30, 40, detectable - 1, detectable})
    return vector("mixed-in", f"risk-quant 6.1, people of sixty and older in windows of {rows}",
                  {"upperBounds": BOUNDS, "reference": REFERENCE, "everybody": EVERYBODY, "mixedIn": MIXED_IN, "rows": rows,
                   "limit": limit, "alpha": alpha, "draws": DRAWS, "wantedPower": WANTED_POWER},
                  {"detectableSharePercent": detectable, "powers": [{"sharePercent": share, "power": powers[share]} for share in shares]})


def power(rows, of_mixed, limit, alpha):
    """Share of drawn windows beyond the limit and beyond the noise floor."""
    rng = np.random.default_rng(67)
    everybody, mixed_in = (np.array(counts) / sum(counts) for counts in (EVERYBODY, MIXED_IN))
    live = rng.multinomial(of_mixed, mixed_in, DRAWS) + rng.multinomial(rows - of_mixed, everybody, DRAWS)
    scale = 1 / rows + 1 / sum(REFERENCE)
    beyond = max(limit, stats.chi2.isf(alpha, len(REFERENCE) - 1) * scale)
    drawn = (smoothed_psi(np.array(REFERENCE), live) > beyond).mean()
    # Where the shift is small PSI over its scale is nearly a noncentral chi-square: far from that, one of the two ways is wrong.
    share = of_mixed / rows
    expected = psi(np.array(REFERENCE) / sum(REFERENCE), share * mixed_in + (1 - share) * everybody)
    theory = stats.ncx2.sf(beyond / scale, len(REFERENCE) - 1, expected / scale)
    if abs(drawn - theory) > 0.1:
        raise ArithmeticError(f"{of_mixed} of {rows} rows: power {drawn} by drawing, {theory} by theory")
    return drawn


def smoothed_psi(reference, live):
    p, q = ((counts + 0.5) / (counts.sum(axis=-1, keepdims=True) + 0.5 * counts.shape[-1]) for counts in (reference, live))
    return np.sum((q - p) * np.log(q / p), axis=-1)


def psi(p, q):
    return np.sum((q - p) * np.log(q / p))
