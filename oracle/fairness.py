"""Group fairness with fairlearn over weighted rows. Groups without the denominator of a rate are left out of that rate, which
fairlearn itself does not do: there such a group has a rate of 0."""

import numpy as np
from fairlearn import metrics

from .vector import ratio, require_close, vector


def vectors():
    cases = {
        "two groups": {"a": (80, 20, 60, 40), "b": (50, 30, 90, 30)},
        "Mortgage approvals of the Boston lenders, decisions only": {"afam": (243, 0, 0, 96), "other": (1852, 0, 0, 189)},
        "equal rates": {"a": (40, 10, 40, 10), "b": (80, 20, 80, 20)},
        "three groups": {"a": (120, 30, 200, 50), "b": (20, 12, 45, 25), "c": (300, 90, 700, 60)},
        "nobody of one group selected": {"a": (60, 15, 80, 20), "b": (0, 0, 30, 10)},
        "one group has no positives": {"a": (60, 15, 80, 20), "b": (0, 12, 30, 0), "c": (40, 20, 70, 25)},
        "one group has no negatives": {"a": (60, 15, 80, 20), "b": (33, 0, 0, 7), "c": (40, 20, 70, 25)},
    }
    rng = np.random.default_rng(43)
    for seed in range(6):
        cases[f"drawn {seed}"] = {name: tuple(int(each) for each in rng.integers(5, 900, 4)) for name in "abcdef"[: 2 + seed % 4]}
    for name, groups in cases.items():
        yield vector("groups", name, {"groups": [dict(zip(("group", "tp", "fp", "tn", "fn"), (group, *cells))) for group, cells in groups.items()]},
                     measure(groups))


def measure(groups):
    positive = {name: cells for name, cells in groups.items() if cells[0] + cells[3] > 0}
    negative = {name: cells for name, cells in groups.items() if cells[1] + cells[2] > 0}
    both = {name: cells for name, cells in groups.items() if name in positive and name in negative}
    selection = [tp + fp for tp, fp, _, _ in groups.values()]
    rates = {
        name: {"selectionRate": (tp + fp) / (tp + fp + tn + fn), "tpr": ratio(tp, tp + fn), "fpr": ratio(fp, fp + tn), "ppv": ratio(tp, tp + fp)}
        for name, (tp, fp, tn, fn) in groups.items()
    }
    difference = call(metrics.demographic_parity_difference, groups)
    shares = [each["selectionRate"] for each in rates.values()]
    require_close(1 + difference, 1 + max(shares) - min(shares), 1e-12, "demographic parity difference")
    return {
        "rates": rates, "demographicParityDifference": difference,
        "demographicParityRatio": call(metrics.demographic_parity_ratio, groups) if max(selection) > 0 else None,
        "equalOpportunityDifference": call(metrics.equal_opportunity_difference, positive) if len(positive) > 1 else None,
        "equalOpportunityRatio": call(metrics.equal_opportunity_ratio, positive) if len(positive) > 1 else None,
        "equalizedOddsDifference": call(metrics.equalized_odds_difference, both) if len(both) > 1 else None,
        "meanOddsDifference": call(metrics.equalized_odds_difference, both, agg="mean") if len(both) > 1 else None,
    }


def call(metric, groups, **options):
    truth, said, names, weight = [], [], [], []
    for name, (tp, fp, tn, fn) in groups.items():
        for outcome, decision, count in ((1, 1, tp), (0, 1, fp), (0, 0, tn), (1, 0, fn)):
            # A row of weight 0 would still make scikit-learn see the class.
            if count > 0:
                truth.append(outcome), said.append(decision), names.append(name), weight.append(count)
    return metric(truth, said, sensitive_features=names, sample_weight=weight, **options)
