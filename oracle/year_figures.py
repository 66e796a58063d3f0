"""Times, shares and ratios of the programme with nothing but Python: exact fractions where they end, bisection where they do not."""

import math
from fractions import Fraction
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)


def kaplan_meier(spells):
    """spells: (milliseconds, ended). First times at which no more than a half, and a tenth, is left; None: never."""
    left, reached = Fraction(1), {}
    for time in sorted({ms for ms, _ in spells}):
        at_risk = sum(ms >= time for ms, _ in spells)
        left *= Fraction(at_risk - sum(ms == time and ended for ms, ended in spells), at_risk)
        for share in (Fraction(1, 2), Fraction(1, 10)):
            if left <= share:
                reached.setdefault(share, time)
    return {
        "n": len(spells),
        "censored": sum(not ended for _, ended in spells),
        "medianMs": reached.get(Fraction(1, 2)),
        "p90Ms": reached.get(Fraction(1, 10)),
    }


def wilson(count, n):
    """Wilson 1927."""
    share, z2 = count / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return {"low": 0.0 if count == 0 else middle - half, "high": 1.0 if count == n else middle + half}


def share(count, n):
    return {"count": count, "n": n, "value": count / n if n else None, "interval": wilson(count, n) if n else None}


def _at_least(k, n, p):
    """Chance of k or more of n."""
    return math.fsum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def _solve(rising, target):
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2


def clopper_pearson(k, n):
    """Exact: where k or more, or k or fewer, would be one chance in forty."""
    low = 0.0 if k == 0 else _solve(lambda p: _at_least(k, n, p), 0.025)
    high = 1.0 if k == n else _solve(lambda p: _at_least(k + 1, n, p), 0.975)
    return low, high


def rate_ratio(before, now):
    """Two Poisson counts over spans of one length: given their sum the later one is binomial. None under ten of both."""
    n = before + now
    if n < 10:
        return {"before": before, "now": now, "ratio": None, "interval": None}
    odds = [math.inf if p >= 1 else p / (1 - p) for p in clopper_pearson(now, n)]
    return {"before": before, "now": now, "ratio": math.inf if before == 0 else now / before, "interval": {"low": odds[0], "high": odds[1]}}
