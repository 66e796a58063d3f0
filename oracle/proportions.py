"""Intervals of proportions, their differences and ratios: statsmodels; Mantel-Haenszel from its papers, in numpy."""

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from .vector import ratio, vector


def vectors():
    yield from single("wilson", "wilson", {(15, 50): (".1910355", ".4375035"), (0, 10): ("0", ".2775328")})
    yield from single("clopper-pearson", "beta", {})
    yield from differences()
    yield from ratios()
    yield from stratified()


def single(kind, method, printed):
    cases = [(0, 1), (1, 1), (0, 10), (10, 10), (15, 50), (1, 1000), (999, 1000), (250, 500), (3, 7), (123456, 1_000_000), (0, 10**9)]
    for k, n in cases:
        for confidence in (0.95, 0.99) if n != 50 else (0.9, 0.95, 0.99):
            low, high = proportion_confint(k, n, alpha=1 - confidence, method=method)
            known = printed.get((k, n)) if confidence == 0.95 else None
            yield vector(kind, f"{'risk-quant 2.4, ' if known else ''}{k} of {n} at {confidence}",
                         {"successes": k, "trials": n, "confidence": confidence},
                         {"low": 0.0 if k == 0 else low, "high": 1.0 if k == n else high},
                         known and {"low": known[0], "high": known[1]})


PAIRS = [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (0, 10, 0, 20), (5, 5, 7, 7), (1, 100, 3, 90), (243, 339, 1852, 2041),
         (5000, 10000, 5100, 10000), (12, 37, 912, 1400), (1, 1_000_000, 3, 900_000), (40, 50, 400, 500)]


def differences():
    printed = {(56, 70, 48, 80): (".0524315", ".3338727"), (9, 10, 3, 10): (".1705227", ".8090180"), (10, 10, 0, 20): (".6790860", "1")}
    for pair in PAIRS:
        for confidence in (0.95, 0.99):
            low, high = confint_proportions_2indep(*pair, method="newcomb", compare="diff", alpha=1 - confidence)
            known = printed.get(pair) if confidence == 0.95 else None
            k1, n1, k2, n2 = pair
            yield vector("newcombe", named(pair, confidence, known), given(pair, confidence),
                         {"difference": k1 / n1 - k2 / n2, "low": low, "high": high}, known and {"low": known[0], "high": known[1]})


def ratios():
    """With no success in a group statsmodels' "log-adjusted" (Walter 1975): 0.5 more in both counts and in both totals."""
    # The research has .944444 for an upper bound that is .9444424: one digit less is asked for.
    printed = {(30, 50, 400, 500): (".75", ".595589", ".94444"), (3, 5, 400, 500): (".75", ".366", "1.536"),
               (243, 339, 1852, 2041): (".789966", ".737792", ".845831")}
    for pair in dict.fromkeys([*printed, *PAIRS, (0, 30, 20, 100), (20, 100, 0, 30)]):
        k1, n1, k2, n2 = pair
        if (k1, k2) == (n1, n2):
            continue
        adjusted = 0 in (k1, k2)
        for confidence in (0.95, 0.99):
            method = "log-adjusted" if adjusted else "log"
            low, high = confint_proportions_2indep(*pair, method=method, compare="ratio", alpha=1 - confidence)
            point = (k1 + 0.5) / (n1 + 0.5) / ((k2 + 0.5) / (n2 + 0.5)) if adjusted else k1 / n1 / (k2 / n2)
            known = printed.get(pair) if confidence == 0.95 else None
            yield vector("katz", named(pair, confidence, known), given(pair, confidence),
                         {"ratio": point, "low": low, "high": high, "adjusted": adjusted},
                         known and {"ratio": known[0], "low": known[1], "high": known[2]})


def named(pair, confidence, known):
    k1, n1, k2, n2 = pair
    return f"{'risk-quant 2.4, ' if known else ''}{k1} of {n1} against {k2} of {n2} at {confidence}"


def given(pair, confidence):
    return dict(zip(("successes1", "trials1", "successes2", "trials2"), pair)) | {"confidence": confidence}


def stratified():
    """Pooled risk difference; its variance after Sato, Greenland and Robins (1989), and after Greenland and Robins (1985).
    Difference and Sato's error were once found equal to those of R's metafor 3.8 (rma.mh) to 15 digits."""
    tables = {
        "two equal strata": [(30, 50, 40, 50), (20, 50, 30, 50)],
        "Simpson: fair inside, unfair pooled": [(80, 100, 640, 800), (60, 300, 20, 100)],
        "a stratum without one group": [(30, 50, 40, 50), (0, 0, 30, 60)],
        "sparse": [(1, 3, 2, 2), (0, 4, 3, 5), (2, 2, 1, 6), (0, 1, 1, 1)],
        "one stratum": [(243, 339, 1852, 2041)],
        "a stratum where all are selected": [(10, 10, 20, 20), (15, 40, 60, 100)],
    }
    rng = np.random.default_rng(7)
    for seed in range(4):
        sizes = rng.integers(20, 600, size=(5, 2))
        tables[f"drawn {seed}"] = [(int(rng.binomial(n, 0.6)), int(n), int(rng.binomial(m, 0.7)), int(m)) for n, m in sizes]
    for name, strata in tables.items():
        yield vector("mantel-haenszel", name, {"strata": [dict(zip(("successes1", "trials1", "successes2", "trials2"), each)) for each in strata],
                                               "confidence": 0.95}, pooled(strata))


def pooled(strata):
    a, n, b, m = np.array([each for each in strata if each[1] > 0 and each[3] > 0], dtype=float).T
    total = n + m
    weight = n * m / total
    difference = np.average(a / n - b / m, weights=weight)
    p = np.sum((n**2 * b - m**2 * a + n * m * (m - n) / 2) / total**2)
    q = np.sum((a * (m - b) + b * (n - a)) / (2 * total))
    sato = np.sqrt(difference * p + q) / weight.sum()
    robins = np.sqrt(np.sum(weight**2 * (a * (n - a) / n**3 + b * (m - b) / m**3))) / weight.sum()
    reach = stats.norm.isf(0.025) * sato
    crude = ratio(sum(each[0] for each in strata), sum(each[1] for each in strata)) - sum(each[2] for each in strata) / sum(each[3] for each in strata)
    return {"difference": difference, "seSato": sato, "seGreenlandRobins": robins, "low": difference - reach, "high": difference + reach,
            "crudeDifference": crude, "strata": len(a)}
