"""What chance does, by drawing: numpy's PCG64 with fixed seeds. Compare with the tolerance the number of draws gives."""

import numpy as np

from .vector import vector

WINDOWS = 40_000


def vectors():
    # Printed from 4,000 draws, so they are not held against these to the last digit: the tests of the theory use `noise`.
    for bins, n, m in ((10, 100, 100), (10, 10**6, 200), (10, 500, 500), (20, 10**6, 200), (10, 2000, 2000)):
        yield vector("psi", f"risk-quant 1.3, {bins} bins, {n} against {m} rows", {"bins": bins, "reference": n, "live": m, "draws": WINDOWS}, psi(bins, n, m))
    for rows in (100, 1000, 10_000):
        yield vector("ece", f"risk-quant 2.3, {rows} rows", {"bins": 10, "rows": rows, "alpha": 2, "beta": 5, "draws": 4000}, ece(rows))
    for name, shape, rate in (("Poisson .5", None, 0.5), ("Gamma(2, 4)", 2, 4)):
        frequency = {"kind": "Poisson", "rate": rate} if shape is None else {"kind": "NegativeBinomial", "shape": shape, "exposureYears": rate}
        yield vector("year", f"risk-quant 4.3, {name}", {"frequency": frequency, "low": 50_000, "high": 2_000_000, "draws": 2_000_000}, year(shape, rate))


def psi(bins, n, m):
    """Jeffreys-smoothed PSI of two draws from the same uniform shares."""
    rng = np.random.default_rng(53)
    p, q = ((rng.multinomial(rows, np.full(bins, 1 / bins), WINDOWS) + 0.5) / (rows + 0.5 * bins) for rows in (n, m))
    values = np.sum((q - p) * np.log(q / p), axis=1)
    return {"mean": values.mean(), "p95": np.quantile(values, 0.95), "above": [{"limit": limit, "share": (values > limit).mean()} for limit in (0.1, 0.2, 0.25)]}


def ece(rows):
    """ECE over ten equal-width bins of scores from Beta(2, 5) whose outcomes follow them exactly."""
    rng = np.random.default_rng(59)
    values, floors = [], []
    for _ in range(4000):
        score = rng.beta(2, 5, rows)
        outcome = rng.uniform(size=rows) < score
        of = np.minimum((score * 10).astype(int), 9)
        n, s, y = (np.bincount(of, weights, 10) for weights in (None, score, outcome))
        held = n > 0
        conf = s[held] / n[held]
        values.append(np.abs(y[held] - s[held]).sum() / rows)
        floors.append(np.sqrt(2 / np.pi) * np.sum(np.sqrt(n[held] / rows * conf * (1 - conf) / rows)))
    return {"mean": np.mean(values), "p95": np.quantile(values, 0.95), "meanFloor": np.mean(floors)}


def year(shape, rate):
    rng = np.random.default_rng(61)
    draws = 2_000_000
    counts = rng.poisson(rate if shape is None else rng.gamma(shape, 1 / rate, draws), draws)
    mu, sigma = (np.log(50_000) + np.log(2_000_000)) / 2, (np.log(2_000_000) - np.log(50_000)) / (2 * 1.6448536269514722)
    totals = np.bincount(np.repeat(np.arange(draws), counts), rng.lognormal(mu, sigma, counts.sum()), draws)
    return {"none": (counts == 0).mean(), "mean": totals.mean(), "above": {"limit": 1_000_000, "share": (totals > 1_000_000).mean()},
            "quantiles": {f"p{round(100 * share)}": np.quantile(totals, share) for share in (0.9, 0.95, 0.99)}}
