"""Distances between two sets of counts over the same bins: scipy, exact fractions, and mpmath as a second opinion."""

from fractions import Fraction

import mpmath
import numpy as np
from scipy import stats
from scipy.integrate import quad
from scipy.spatial.distance import jensenshannon

from .vector import require_close, vector

ALPHAS = (0.05, 0.01, 0.001)
mpmath.mp.dps = 50


def vectors():
    yield from published()
    yield from edge_cases()
    yield from drawn()


def published():
    # Fewer digits than the research where its last one is off: it has H^2 .00538 (is .005375) and .06812 (is .068128).
    reference, live = [120, 300, 380, 150, 50], [90, 260, 370, 200, 80]
    yield counts("risk-quant 1.5", reference, live, [0, 1, 2, 5, 10, 20], {
        "psi": "0.0431053909", "klLiveFromReference": "0.0221718475", "klReferenceFromLive": "0.0209335433",
        "jsDistanceBase2": "0.0879500335", "jsDivergenceBase2": "0.0077352084", "hellinger": "0.0733133789",
        "totalVariation": "0.08", "linf": "0.05", "ksBins": "0.08", "chi2.statistic": "21.3421245", "chi2.df": "4",
        "chi2.p": "0.000270849", "cramersV": "0.1033008338", "cramersVCorrected": "0.0931364652", "w1": "0.715",
        "jsDivergenceNats": "0.00536", "hellingerSquared": "0.0054", "psiEighth": "0.00539",
    })
    yield counts("risk-quant 1.4, one bin empty in the reference", [500, 300, 200, 0], [450, 300, 200, 50], None,
                 {"psiJeffreys": "0.236", "jsDistanceBase2": "0.161", "psiFilled.0001": "0.315", "psiFilled.01": "0.070"},
                 fills=(0.0001, 0.01))
    yield counts("risk-quant 1.5, a test of evidently", [16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8], None,
                 {"goodnessOfFitP": "0.67309", "hellinger": "0.0681"}, goodness_of_fit=True)


def edge_cases():
    research = ([120, 300, 380, 150, 50], [90, 260, 370, 200, 80])
    yield counts("identical", research[0], research[0], [0, 1, 2, 5, 10, 20])
    yield counts("same shares, other totals", research[0], [6, 15, 19, 7.5, 2.5], [0, 1, 2, 5, 10, 20])
    yield counts("disjoint", [100, 200, 0, 0], [0, 0, 50, 70], [0, 1, 2, 3, 4])
    yield counts("one bin", [100], [70], [0, 1])
    yield counts("two bins", [100, 200], [70, 90], [0, 1, 4])
    yield counts("one bin empty on both sides", [100, 0, 200, 50], [60, 0, 170, 30], [0, 1, 2, 3, 4])
    yield counts("one bin empty in the live counts", [100, 20, 200, 50], [60, 0, 170, 30], [0, 1, 2, 3, 4])
    yield counts("all but one bin empty", [100, 0, 0], [0, 0, 30], [0, 2, 4, 8])
    for factor in (10, 1000, 0.1):
        yield counts(f"risk-quant 1.5 times {factor}", *([count * factor for count in side] for side in research), [0, 1, 2, 5, 10, 20])
    yield counts("10^15 rows", [3 * 10**14, 5 * 10**14, 2 * 10**14], [2 * 10**14, 5 * 10**14, 3 * 10**14], [0, 1, 2, 3])
    yield counts("10^15 rows against 100", [3 * 10**14, 5 * 10**14, 2 * 10**14], [20, 45, 35], [0, 1, 2, 3])
    yield counts("edges below zero, cumulative shares that cross", [5, 40, 10, 45], [25, 10, 45, 20], [-3, -1, 0, 0.5, 10])
    yield counts("a crossing in every bin", [10, 30, 10, 30, 10], [25, 5, 30, 5, 25], [0, 1, 2, 3, 4, 5])
    yield counts("a design effect of 4", *research, [0, 1, 2, 5, 10, 20], design_effect=4)


def drawn():
    rng = np.random.default_rng(1)
    for bins in (3, 5, 10, 20, 50):
        for rows in ((1000, 200), (500, 500), (1_000_000, 2000)):
            base = rng.dirichlet(np.full(bins, 5.0))
            moved = 0.8 * base + 0.2 * rng.dirichlet(np.full(bins, 5.0))
            edges = np.round(np.cumsum(rng.uniform(0.1, 3, bins + 1)) - 4, 3)
            sides = [rng.multinomial(n, share) for n, share in zip(rows, (base, moved))]
            yield counts(f"{bins} bins, {rows[0]} against {rows[1]} rows", *sides, edges)
    for seed in range(8):
        rng = np.random.default_rng(100 + seed)
        sides = [np.round(rng.uniform(0.5, 400, 8), 3) for _ in range(2)]
        yield counts(f"extrapolated counts {seed}", *sides, np.arange(9) / 8)
    for seed in range(6):
        rng = np.random.default_rng(200 + seed)
        sides = [rng.multinomial(n, rng.dirichlet(np.full(40, 0.15))) for n in (300, 150)]
        yield counts(f"sparse categories {seed}", *sides)
    for seed in range(6):
        rng = np.random.default_rng(300 + seed)
        share = rng.dirichlet(np.full(10, 20.0))
        yield counts(f"no change {seed}", *(rng.multinomial(n, share) for n in (5000, 500)), np.linspace(0, 1, 11))


def counts(name, reference, live, edges=None, published=None, *, fills=(), goodness_of_fit=False, design_effect=1):
    given = {"reference": list(reference), "live": list(live), "designEffect": design_effect}
    if edges is not None:
        given["edges"] = [float(edge) for edge in edges]
    expected = measure(np.array(reference, dtype=float), np.array(live, dtype=float), design_effect)
    expected["w1"] = None if edges is None else wasserstein(reference, live, edges)
    if fills:
        expected["psiFilled"] = {format(fill, "f").rstrip("0").split(".")[1]: filled_psi(reference, live, fill) for fill in fills}
    if goodness_of_fit:
        expected["goodnessOfFitP"] = stats.chisquare(live, reference).pvalue
    return vector("counts", name, given, expected, published)


def measure(reference, live, design_effect):
    n, m, bins = reference.sum(), live.sum(), len(reference)
    p, q = reference / n, live / m
    js = jensenshannon(p, q, base=2)
    hellinger = np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2)
    forward, backward = stats.entropy(q, p), stats.entropy(p, q)
    smoothed = psi_of(*((side + 0.5) / (side.sum() + 0.5 * bins) for side in (reference, live)))
    exact_p, exact_q = exact_shares(reference), exact_shares(live)
    second_opinion(exact_p, exact_q, js, hellinger)
    gaps = [a - b for a, b in zip(exact_p, exact_q)]
    ks = max(abs(sum(gaps[: end + 1])) for end in range(bins))
    scale = design_effect * (1 / n + 1 / m)
    return {
        "psi": forward + backward, "psiJeffreys": smoothed, "psiJeffreysExcess": max(0.0, smoothed - (bins - 1) * scale),
        "psiEighth": (forward + backward) / 8,
        "klLiveFromReference": forward, "klReferenceFromLive": backward,
        "jsDistanceBase2": js, "jsDivergenceBase2": js**2, "jsDivergenceNats": js**2 * np.log(2),
        "hellinger": hellinger, "hellingerSquared": hellinger**2,
        "totalVariation": sum(abs(gap) for gap in gaps) / 2, "linf": max(abs(gap) for gap in gaps),
        "ksBins": ks, "ksUpper": ks + max(*exact_p, *exact_q),
        **homogeneity(reference, live),
        "noiseFloors": [{"alpha": alpha, "floor": floor(alpha, bins, scale)} for alpha in ALPHAS],
    }


def floor(alpha, bins, scale):
    return None if bins == 1 else stats.chi2.isf(alpha, bins - 1) * scale


def psi_of(p, q):
    return stats.entropy(p, q) + stats.entropy(q, p)


def filled_psi(reference, live, fill):
    """PSI as other tools take it: an empty share is replaced by `fill` (or raised to it) and nothing is renormalised."""
    p, q = (np.maximum(np.array(side) / np.sum(side), fill) for side in (reference, live))
    return np.sum((q - p) * np.log(q / p))


def exact_shares(side):
    fractions = [Fraction(count) for count in side]
    return [each / sum(fractions) for each in fractions]


def second_opinion(p, q, js, hellinger):
    """The same two distances with 50 digits: scipy may lose some where both sides are nearly equal."""
    p, q = ([mpmath.mpf(each.numerator) / each.denominator for each in side] for side in (p, q))
    divergence = sum(a * mpmath.log(2 * a / (a + b), 2) / 2 for x, y in ((p, q), (q, p)) for a, b in zip(x, y) if a > 0)
    require_close(js, float(mpmath.sqrt(max(divergence, 0))), 1e-10, "Jensen-Shannon distance")
    coefficient = sum((mpmath.sqrt(a) - mpmath.sqrt(b)) ** 2 for a, b in zip(p, q)) / 2
    require_close(hellinger, float(mpmath.sqrt(coefficient)), 1e-10, "Hellinger distance")


def homogeneity(reference, live):
    """Chi-square over the columns with a total, as a test of two samples; Cramer's V plain and bias-corrected."""
    table = np.array([reference, live])[:, reference + live > 0]
    columns, total = table.shape[1], table.sum()
    if columns < 2:
        return {"chi2": None, "cramersV": None, "cramersVCorrected": None, "cochran": None}
    test = stats.chi2_contingency(table, correction=False)
    least = test.expected_freq.min()
    share = (test.expected_freq >= 5).mean()
    phi2 = max(0.0, test.statistic / total - (columns - 1) / (total - 1))
    smaller = min(columns - (columns - 1) ** 2 / (total - 1) - 1, 1 - 1 / (total - 1))
    return {
        "chi2": {"statistic": test.statistic, "df": test.dof, "p": test.pvalue},
        "cramersV": np.sqrt(test.statistic / total),
        "cramersVCorrected": np.sqrt(phi2 / smaller) if smaller > 0 else None,
        "cochran": {"leastExpected": least, "shareOfExpectedFromFive": share, "valid": bool(least >= 1 and share >= 0.8)},
    }


def wasserstein(reference, live, edges):
    """Integral of |F-G| with mass uniform inside a bin: exact in fractions, and by quadrature between the kinks."""
    points = [Fraction(float(edge)) for edge in edges]
    gaps, area, kinks = [Fraction(0)], Fraction(0), [float(edge) for edge in edges]
    for p, q in zip(exact_shares(np.array(reference, dtype=float)), exact_shares(np.array(live, dtype=float))):
        gaps.append(gaps[-1] + p - q)
    for left, right, a, b in zip(points, points[1:], gaps, gaps[1:]):
        cross = left + (right - left) * a / (a - b) if a * b < 0 else left
        kinks.append(float(cross))
        area += abs(a) * (cross - left) / 2 + abs(b) * (right - cross) / 2 if cross != left else (abs(a) + abs(b)) * (right - left) / 2
    numbers = [float(gap) for gap in gaps]
    between = sorted(set(kinks))
    numeric = sum(
        quad(lambda x: abs(np.interp(x, [float(edge) for edge in edges], numbers)), left, right)[0]
        for left, right in zip(between, between[1:])
    )
    require_close(float(area) + 1, numeric + 1, 1e-9, "Wasserstein distance")
    return area
