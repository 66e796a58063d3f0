"""Prometheus histograms to bins: classic ones with numpy, bounds of native ones with 50 digits."""

import mpmath
import numpy as np

from .vector import vector

mpmath.mp.dps = 50


def vectors():
    yield from classic()
    yield from bounds()
    yield from coarser()
    yield from common_edges()


def classic():
    cases = {
        "ascending": (["1", "2", "5", "+Inf"], [3, 10, 12, 20]),
        "out of order, sorted as numbers": (["+Inf", "10", "2", "0.10"], [10, 9, 4, 1]),
        "a dip is lifted": (["1", "2", "5", "+Inf"], [3, 10, 8, 20]),
        "two dips, the last bucket too": (["1", "2", "5", "+Inf"], [5, 4, 9, 7]),
        "a dip within float noise": (["1", "2", "+Inf"], [0.1 + 0.2, 0.3, 5]),
        "extrapolated counts": (["0.25", "0.5", "0.75", "1", "+Inf"], [12.34, 99.01, 150.5, 151.25, 151.25]),
        "bounds below zero": (["-5", "-1", "0", "1e3", "+Inf"], [1, 4, 9, 16, 25]),
        "nothing counted": (["1", "2", "+Inf"], [0, 0, 0]),
        "10^15 counted": (["1", "2", "+Inf"], [10**14, 9 * 10**14, 10**15]),
        "one bucket": (["+Inf"], [7]),
    }
    rng = np.random.default_rng(11)
    for seed in range(6):
        size = int(rng.integers(4, 30))
        edges = np.unique(np.round(rng.uniform(-2, 8, size), 2))
        counted = np.round(np.cumsum(rng.exponential(20, len(edges) + 1)), 2)
        counted[rng.integers(1, len(counted))] -= 30 if seed % 2 else 0
        order = rng.permutation(len(counted))
        names = [*(repr(float(edge)) for edge in edges), "+Inf"]
        cases[f"drawn {seed}"] = ([names[index] for index in order], [max(0.0, float(counted[index])) for index in order])
    for name, (les, cumulative) in cases.items():
        edges = np.array([np.inf if le == "+Inf" else float(le) for le in les])
        order = np.argsort(edges)
        sorted_counts = np.array(cumulative, dtype=float)[order]
        lifted = np.maximum.accumulate(sorted_counts)
        before = np.concatenate([[0.0], lifted[:-1]])
        yield vector("classic", name, {"buckets": [{"le": le, "count": count} for le, count in zip(les, cumulative)]}, {
            "upperBounds": edges[order], "counts": np.diff(lifted, prepend=0.0),
            "repaired": bool(np.any(before - sorted_counts > 1e-12 * (before + sorted_counts))),
        })


def bounds():
    """Bucket `index` of a schema is (base^(index-1), base^index] with base 2^(2^-schema)."""
    for schema in range(-4, 9):
        for index in (-3, 0, 1, 2, 5) if schema < 0 else (-500, -1, 0, 1, 7, 300):
            yield vector("exponential-bounds", f"schema {schema}, bucket {index}", {"schema": schema, "index": index},
                         {"lower": bound(schema, index - 1), "upper": bound(schema, index)})


def bound(schema, index):
    return float(mpmath.power(2, mpmath.mpf(index) * mpmath.power(2, -schema)))


def coarser():
    """Buckets of a finer schema fall whole into those of a coarser one; found here by comparing bounds, not indices."""
    rng = np.random.default_rng(13)
    for fine, coarse in ((3, 2), (8, 0), (2, -1), (0, -4), (5, 5), (1, -2), (-1, -3), (8, 3)):
        indices = sorted({int(each) for each in rng.integers(-40, 60, 12)})
        buckets = [{"index": index, "count": float(np.round(rng.uniform(0, 50), 2))} for index in indices]
        merged = {}
        for bucket in buckets:
            middle = mpmath.mpf(2 * bucket["index"] - 1) / 2 * mpmath.power(2, -fine)
            target = int(mpmath.ceil(middle / mpmath.power(2, -coarse)))
            merged[target] = merged.get(target, 0.0) + bucket["count"]
        yield vector("coarser-schema", f"schema {fine} to {coarse}", {"schema": fine, "toSchema": coarse, "buckets": buckets},
                     {"buckets": [{"index": index, "count": count} for index, count in sorted(merged.items())]})


def common_edges():
    rng = np.random.default_rng(17)
    for seed in range(6):
        shared = np.arange(0, 10 * (seed + 1), 2.5)[: 4 + seed]
        sides = []
        for _ in range(2):
            own = np.round(rng.uniform(-1, 12, 4), 2) + 0.001
            edges = np.append(np.unique(np.concatenate([shared, own])), np.inf)
            sides.append((edges, rng.integers(0, 80, len(edges))))
        both = np.intersect1d(sides[0][0], sides[1][0])
        yield vector("common-edges", f"drawn {seed}", {name: {"upperBounds": edges, "counts": counts} for name, (edges, counts) in
                                                       zip(("reference", "live"), sides)},
                     {"upperBounds": both, **{name: merge(edges, counts, both) for name, (edges, counts) in zip(("reference", "live"), sides)}})


def merge(edges, counts, common):
    cumulative = np.cumsum(counts)
    return np.diff(cumulative[np.searchsorted(edges, common)], prepend=0)
