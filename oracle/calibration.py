"""Calibration from score bins: statsmodels for slope and intercept, scipy for the test, scikit-learn for the Brier score."""

import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.special import logit
from sklearn.metrics import brier_score_loss

from .vector import require_close, vector


def vectors():
    n, conf, positives = [400, 300, 200, 80, 20], [0.08, 0.22, 0.41, 0.63, 0.85], [28, 75, 90, 48, 15]
    yield bins("risk-quant 2.3", n, [a * b for a, b in zip(n, conf)], positives, {
        "ece": ".0254", "mce": ".10", "signed": ".0086", "observedOverExpected": "1.03476", "hosmerLemeshow.statistic": "5.31727",
        "hosmerLemeshow.df": "5", "hosmerLemeshow.p": ".37840", "slope": ".99214", "slopeSe": ".08169", "intercept": ".04906",
        "interceptSe": ".11212", "citl": ".05656", "citlSe": ".08068", "brierGrouped": ".155642", "reliability": ".000902",
        "resolution": ".035724", "uncertainty": ".190464"})
    yield bins("all observed as promised", [100, 100, 100], [10, 50, 90], [10, 50, 90])
    yield bins("overconfident", [200, 200, 200, 200], [10, 60, 140, 190], [40, 80, 120, 160])
    yield bins("underconfident", [200, 200, 200, 200], [70, 90, 110, 130], [20, 60, 140, 180])
    yield bins("an empty bin between", [150, 0, 120, 90], [15, 0, 60, 80], [20, 0, 55, 77])
    yield bins("three rare bins", [100_000, 50_000, 20_000], [100, 250, 1000], [131, 240, 1100])
    yield bins("extrapolated counts", [120.5, 240.25, 180.75], [12.3, 96.4, 140.2], [14.25, 90.5, 139.0])
    yield bins("everything too high by half", [300, 300, 300, 300], [60, 120, 180, 240], [30, 75, 130, 200])
    rng = np.random.default_rng(31)
    for seed in range(12):
        size, rows = int(rng.choice([5, 10, 20])), int(rng.choice([500, 5000, 50_000]))
        counts = rng.multinomial(rows, rng.dirichlet(np.full(size, 3.0))) + 5
        promised = (np.arange(size) + rng.uniform(0.3, 0.7, size)) / size
        true = 1 / (1 + np.exp(-(rng.normal(0, 0.15) + rng.uniform(0.7, 1.3) * logit(promised))))
        yield bins(f"drawn {seed}: {size} bins, {counts.sum()} rows", counts, np.round(counts * promised, 6), rng.binomial(counts, true))


def bins(name, counts, sums, positives, published=None):
    given = {"bins": [{"count": n, "scoreSum": s, "positives": y} for n, s, y in zip(counts, sums, positives)]}
    full = np.array([[n, s, y] for n, s, y in zip(counts, sums, positives) if n > 0], dtype=float).T
    return vector("bins", name, given, measure(*full), published)


def measure(n, s, y):
    total, conf, acc = n.sum(), s / n, y / n
    weight, base = n / total, y.sum() / total
    test = np.sum((y - s) ** 2 / (s * (1 - conf)))
    slope, citl = fits(n, y, np.clip(conf, 1e-6, 1 - 1e-6))
    reliability, resolution = np.sum(weight * (conf - acc) ** 2), np.sum(weight * (acc - base) ** 2)
    brier = brier_score_loss(np.repeat([1, 0], len(n)), np.tile(conf, 2), sample_weight=np.concatenate([y, n - y]))
    require_close(brier, reliability - resolution + base * (1 - base), 1e-10, "grouped Brier score")
    return {
        "ece": np.sum(weight * np.abs(acc - conf)), "mce": np.max(np.abs(acc - conf)), "signed": (y.sum() - s.sum()) / total,
        "observedOverExpected": y.sum() / s.sum(),
        "hosmerLemeshow": {"statistic": test, "df": len(n), "p": stats.chi2.sf(test, len(n)), "leastExpected": np.minimum(s, n - s).min()},
        "slope": slope.params[1], "slopeSe": errors_of(slope)[1], "intercept": without_dust(slope.params[0]), "interceptSe": errors_of(slope)[0],
        "citl": without_dust(citl.params[0]), "citlSe": errors_of(citl)[0], "brierGrouped": brier, "reliability": reliability, "resolution": resolution,
        "uncertainty": base * (1 - base), "eceFloor": np.sqrt(2 / np.pi) * np.sum(np.sqrt(weight * conf * (1 - conf) / total)),
    }


def errors_of(fit):
    """From the information at the solution. `bse` has that of the step before, which is another one where the start was the solution."""
    return np.sqrt(np.diag(np.linalg.inv(-fit.model.hessian(fit.params, scale=1.0))))


def without_dust(parameter):
    """A parameter that is 0 comes out as 1e-16 or so, which nothing can be compared with."""
    return 0.0 if abs(parameter) < 1e-13 else parameter


def fits(n, y, conf):
    """Logistic regression of the outcome on logit(conf); then with the slope held at 1."""
    outcome, precise = np.column_stack([y, n - y]), {"maxiter": 100, "tol": 1e-13, "tol_criterion": "params"}
    slope = sm.GLM(outcome, sm.add_constant(logit(conf)), family=sm.families.Binomial()).fit(**precise)
    citl = sm.GLM(outcome, np.ones((len(n), 1)), offset=logit(conf), family=sm.families.Binomial()).fit(**precise)
    return slope, citl
