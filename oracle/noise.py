"""What a statistic reads with no change at all: chi-square quantiles, the live counts they ask for, the KS limit."""

import math

from scipy import stats

from .vector import vector


def vectors():
    printed = {5: ("9.488", "13.277", "18.467"), 10: ("16.919", "21.666", "27.877"), 20: ("30.144", "36.191", "43.820")}
    for bins in (2, 3, 5, 10, 20, 50, 200):
        for index, alpha in enumerate((0.05, 0.01, 0.001)):
            known = {"quantile": printed[bins][index]} if bins in printed else None
            origin = "risk-quant 1.3, " if known else ""
            yield vector("chi-square", f"{origin}{bins} bins at {alpha}", {"bins": bins, "alpha": alpha},
                         {"quantile": stats.chi2.isf(alpha, bins - 1)}, known)
    least = {(5, 0.1): "266", (5, 0.2): "133", (10, 0.1): "434", (10, 0.2): "217", (20, 0.1): "724", (20, 0.2): "362"}
    for (bins, threshold), samples in least.items():
        quantile = stats.chi2.isf(0.01, bins - 1)
        yield vector("least-live-count", f"risk-quant 1.3, {bins} bins under {threshold}",
                     {"bins": bins, "threshold": threshold, "alpha": 0.01},
                     {"samples": math.ceil(2 * quantile / threshold)}, {"samples": samples})
    for (n, m), theory in {(100, 100): (".180", ".338"), (10**6, 200): (".045", ".085"), (500, 500): (".036", ".068"),
                           (2000, 2000): (".009", ".017")}.items():
        yield expectation(10, n, m, *theory)
    yield expectation(20, 10**6, 200, ".095", ".151")
    for alpha in (0.05, 0.01, 0.001):
        for n, m in ((1000, 1000), (10**6, 200)):
            coefficient = stats.kstwobign.isf(alpha)
            yield vector("kolmogorov-smirnov", f"{'risk-quant 1.3, ' if alpha == 0.05 else ''}{n} against {m} at {alpha}",
                         {"reference": n, "live": m, "alpha": alpha},
                         {"coefficient": coefficient, "limit": coefficient * math.sqrt(1 / n + 1 / m)},
                         {"coefficient": "1.3581"} if alpha == 0.05 else None)


def expectation(bins, n, m, mean, p95):
    scale = 1 / n + 1 / m
    return vector("psi", f"risk-quant 1.3, theory for {bins} bins, {n} against {m} rows", {"bins": bins, "reference": n, "live": m},
                  {"mean": (bins - 1) * scale, "p95": stats.chi2.isf(0.05, bins - 1) * scale}, {"mean": mean, "p95": p95})
