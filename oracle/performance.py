"""Performance from counts: scikit-learn over weighted rows, Wilson intervals of statsmodels."""

import numpy as np
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

from .vector import ratio, require_close, vector


def vectors():
    yield from confusions()
    yield from areas()
    yield from estimates()


def confusions():
    cases = {
        "balanced": (40, 10, 35, 15), "rare positives": (30, 120, 9800, 50), "always right": (50, 0, 70, 0), "always wrong": (0, 30, 0, 20),
        "nothing predicted positive": (0, 0, 90, 10), "everything predicted positive": (10, 90, 0, 0), "no positives": (0, 5, 95, 0),
        "no negatives": (90, 0, 0, 10), "one row": (1, 0, 0, 0), "10^9 rows": (4 * 10**8, 10**8, 3 * 10**8, 2 * 10**8),
        "census employment 2015, its size": (28011, 5731, 28874, 6169), "no better than chance": (25, 25, 25, 25),
    }
    for name, (tp, fp, tn, fn) in cases.items():
        yield vector("confusion", name, {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "confidence": 0.95}, confusion(tp, fp, tn, fn))


def confusion(tp, fp, tn, fn):
    truth, said, weight = [1, 0, 0, 1], [1, 1, 0, 0], np.array([tp, fp, tn, fn], dtype=float)
    weigh = {"sample_weight": weight, "labels": [0, 1]}
    undefined = {**weigh, "zero_division": np.nan}
    known = tp + fn > 0 and fp + tn > 0 and tp + fp > 0 and tn + fn > 0
    return {
        "accuracy": share(tp + tn, tp + fp + tn + fn, metrics.accuracy_score(truth, said, sample_weight=weight)),
        "precision": share(tp, tp + fp, metrics.precision_score(truth, said, **undefined)),
        "recall": share(tp, tp + fn, metrics.recall_score(truth, said, **undefined)),
        "fpr": share(fp, fp + tn, metrics.recall_score([1 - each for each in truth], [1 - each for each in said], **undefined), complement=True),
        "f1": None if 2 * tp + fp + fn == 0 else metrics.f1_score(truth, said, **weigh, zero_division=0.0),
        # Where a margin is 0 the coefficient is 0/0; scikit-learn then says 0.
        "mcc": metrics.matthews_corrcoef(truth, said, sample_weight=weight) if known else None,
    }


def share(part, whole, value, complement=False):
    if whole == 0:
        return None
    value = 1 - value if complement else value
    require_close(1 + value, 1 + part / whole, 1e-12, "a share of a confusion table")
    low, high = proportion_confint(part, whole, alpha=0.05, method="wilson")
    return {"value": part / whole, "low": 0.0 if part == 0 else low, "high": 1.0 if part == whole else high}


def areas():
    cases = {
        "ten bins": ([5, 9, 14, 22, 30, 41, 55, 60, 72, 80], [90, 80, 70, 55, 45, 33, 25, 18, 9, 4]),
        "separated": ([0, 0, 40, 60], [70, 30, 0, 0]), "the wrong way round": ([40, 60, 0, 0], [0, 0, 70, 30]),
        "one bin": ([40], [60]), "two bins": ([10, 30], [50, 20]), "no better than chance": ([10, 20, 30], [10, 20, 30]),
        "empty bins between": ([0, 12, 0, 0, 40, 3], [55, 30, 0, 0, 8, 0]), "no positives": ([0, 0], [5, 6]), "no negatives": ([5, 6], [0, 0]),
        "rare positives": ([1, 0, 2, 3, 9], [40_000, 30_000, 12_000, 3_000, 500]),
    }
    rng = np.random.default_rng(23)
    for seed in range(8):
        bins = int(rng.integers(5, 50))
        slope = np.linspace(0.2, 2, bins)
        cases[f"drawn, {bins} bins, {seed}"] = (rng.poisson(20 * slope), rng.poisson(60 / slope))
    for name, (positives, negatives) in cases.items():
        yield vector("auc", name, {"bins": [{"positives": p, "negatives": n} for p, n in zip(positives, negatives)]},
                     area(np.array(positives, dtype=float), np.array(negatives, dtype=float)))


def area(positives, negatives):
    """A bin's rows share one score, its number; the other order inside each bin is what `ambiguity` says. Lowest score first."""
    p, n = positives.sum(), negatives.sum()
    if p == 0 or n == 0:
        return None
    bins = len(positives)
    truth, score = np.repeat([1, 0], bins), np.tile(np.arange(bins), 2)
    auc = metrics.roc_auc_score(truth, score, sample_weight=np.concatenate([positives, negatives]))
    false_rate, true_rate, _ = metrics.roc_curve(truth, score, sample_weight=np.concatenate([positives, negatives]), drop_intermediate=False)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + (p - 1) * (q1 - auc**2) + (n - 1) * (q2 - auc**2)) / (p * n)
    return {"auc": auc, "ambiguity": np.sum(positives * negatives) / (2 * p * n), "gini": 2 * auc - 1,
            "ks": np.max(np.abs(true_rate - false_rate)), "seHanleyMcNeil": np.sqrt(max(0.0, variance))}


def estimates():
    """What calibrated scores promise before labels are there: the expected confusion table above a threshold bin."""
    rng = np.random.default_rng(29)
    for seed in range(5):
        bins = int(rng.integers(4, 20))
        counts = rng.integers(0, 400, bins)
        sums = np.round(counts * (np.arange(bins) + rng.uniform(0.2, 0.8, bins)) / bins, 4)
        threshold = int(bins // 2)
        above, below = slice(threshold, None), slice(None, threshold)
        tp, fn = sums[above].sum(), sums[below].sum()
        fp, tn = counts[above].sum() - tp, counts[below].sum() - fn
        yield vector("label-free", f"drawn {seed}",
                     {"bins": [{"count": c, "scoreSum": s} for c, s in zip(counts, sums)], "firstPositiveBin": threshold},
                     {"tp": tp, "fp": fp, "tn": tn, "fn": fn, "accuracy": (tp + tn) / counts.sum(), "precision": ratio(tp, tp + fp), "recall": ratio(tp, tp + fn)})
