"""Burn-rate alerts in exact fractions; scipy for the tail that stands in at low traffic."""

from fractions import Fraction

from scipy import stats

from .vector import vector

HOUR = 3600
MONTH = 30 * 24 * HOUR
GOOGLE = ((Fraction(2, 100), HOUR, "14.4"), (Fraction(5, 100), 6 * HOUR, "6"), (Fraction(10, 100), 24 * HOUR, "3"), (Fraction(10, 100), 72 * HOUR, "1"))


def vectors():
    yield from windows()
    yield from detections()
    yield from readings()
    yield from most_by_chance()


def windows():
    for period in (MONTH, 28 * 24 * HOUR, 7 * 24 * HOUR):
        for budget, window, printed in GOOGLE:
            for target in ("0.9", "0.99", "0.999", "0.95"):
                if window >= period / 2 and target != "0.99":
                    continue
                factor = budget * period / window
                limit = factor * (1 - Fraction(target))
                origin = "risk-quant 3, " if period == MONTH else ""
                yield vector("window", f"{origin}{float(budget):g} of the budget in {window} of {period} s, target {target}",
                             {"target": float(target), "periodSeconds": period, "budgetShare": float(budget), "windowSeconds": window},
                             {"factor": factor, "shortWindowSeconds": Fraction(window, 12), "errorRatio": limit, "canFire": limit < 1},
                             {"factor": printed} if period == MONTH else None)


def detections():
    for target, factor, window, errors in (("0.999", "14.4", HOUR, "1"), ("0.999", "14.4", HOUR, "0.02"), ("0.999", "6", 6 * HOUR, "0.01"), ("0.99", "14.4", HOUR, "0.5"),
                                           ("0.99", "1", 72 * HOUR, "0.02"), ("0.9", "14.4", HOUR, "1"), ("0.999", "14.4", HOUR, "0.001"), ("0.95", "3", 24 * HOUR, "0.4")):
        limit = Fraction(factor) * (1 - Fraction(target))
        fires = limit < 1 and Fraction(errors) >= limit
        yield vector("detection", f"{errors} errors at {target} by {factor} over {window} s",
                     {"target": float(target), "factor": float(factor), "windowSeconds": window, "errorRatio": float(errors)},
                     {"canFire": limit < 1, "seconds": window * limit / Fraction(errors) if fires else None})


def readings():
    for name, target, factor, long, short in (
        ("both windows beyond", "0.999", "14.4", (200, 10_000), (20, 900)), ("only the long one", "0.999", "14.4", (200, 10_000), (0, 900)),
        ("only the short one", "0.999", "14.4", (20, 10_000), (20, 900)), ("neither", "0.999", "14.4", (1, 10_000), (0, 900)),
        ("few requests", "0.99", "6", (2, 10), (1, 2)), ("enough bad ones at low traffic", "0.99", "6", (4, 30), (2, 5)),
        ("no traffic in the short window", "0.999", "6", (20, 1000), (0, 0)),
    ):
        budget = 1 - Fraction(target)
        ratios = [None if total == 0 else Fraction(bad, total) for bad, total in (long, short)]
        burns = [None if each is None else each / budget for each in ratios]
        yield vector("reading", name, {"target": float(target), "factor": float(factor), "long": dict(zip(("bad", "total"), long)),
                                       "short": dict(zip(("bad", "total"), short))},
                     {"longBurn": burns[0], "shortBurn": burns[1], "beyond": None if None in burns else all(burn > Fraction(factor) for burn in burns),
                      "lowTrafficTail": stats.binom.sf(long[0] - 1, long[1], float(budget))})


def most_by_chance():
    """The largest count that chance explains at a rate: more than it has a probability of at most alpha. Two are never a trend."""
    for total, rate, alpha in ((10, 0.01, 0.01), (100, 0.01, 0.01), (1000, 0.01, 0.01), (1_000_000, 0.01, 0.01), (500, 0.001, 0.01), (50_000, 0.001, 0.001),
                               (40, 0.1, 0.05), (7, 0.5, 0.01), (3, 0.5, 0.01), (1, 0.01, 0.01), (123_456, 0.05, 0.0001)):
        yield vector("most-by-chance", f"{total} at {rate}, {alpha}", {"total": total, "rate": rate, "alpha": alpha},
                     {"count": max(2, int(stats.binom.isf(alpha, total, rate)))})
