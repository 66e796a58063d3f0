"""Many features of one model: adjusted p-values of statsmodels."""

import numpy as np
from statsmodels.stats.multitest import multipletests

from .vector import vector


def vectors():
    cases = {
        "Benjamini and Hochberg's own fifteen": [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0],
        "one": [0.03], "ties": [0.01, 0.01, 0.04, 0.04, 0.04], "all tiny": [1e-12, 1e-9, 1e-10], "none": [0.5, 0.7, 0.9, 0.99],
        "a zero and a one": [0.0, 1.0, 0.02], "a later one pulls an earlier in": [0.024, 0.025, 0.9, 0.02],
    }
    rng = np.random.default_rng(41)
    for size in (10, 50, 200):
        cases[f"drawn, {size}"] = np.concatenate([rng.beta(0.1, 8, size // 5), rng.uniform(size=size - size // 5)])
    for name, values in cases.items():
        for kind, method in (("benjamini-hochberg", "fdr_bh"), ("bonferroni", "bonferroni")):
            rejected, adjusted, _, _ = multipletests(values, alpha=0.05, method=method)
            yield vector(kind, name, {"pValues": list(values), "alpha": 0.05}, {"rejected": list(rejected), "adjusted": list(adjusted)})
