"""Control charts and tails: pandas for EWMA, running minima for CUSUM, scipy for medians and tails."""

import numpy as np
import pandas as pd
from scipy import stats

from .vector import vector


def vectors():
    yield from ewma()
    yield from cusum()
    yield from seasonal()
    yield from tails()


def series():
    rng = np.random.default_rng(37)
    yield "no change", np.round(rng.normal(10, 2, 40), 4)
    yield "a step up of two deviations at 20", np.round(np.concatenate([rng.normal(10, 2, 20), rng.normal(14, 2, 20)]), 4)
    yield "a step down of one deviation at 10", np.round(np.concatenate([rng.normal(10, 2, 10), rng.normal(8, 2, 50)]), 4)
    yield "one spike", np.round(np.concatenate([rng.normal(10, 2, 9), [30.0], rng.normal(10, 2, 10)]), 4)
    yield "a ramp", np.round(10 + np.arange(30) * 0.3 + rng.normal(0, 1, 30), 4)
    yield "at the mean", np.full(12, 10.0)
    yield "one reading", np.array([17.0])


def first(flags):
    return int(np.argmax(flags)) if np.any(flags) else None


def ewma():
    for name, values in series():
        for weight, width in ((0.2, 2.962), (0.05, 2.615), (0.4, 3.054)):
            mean, sd = 10.0, 2.0
            z = pd.Series([mean, *values]).ewm(alpha=weight, adjust=False).mean().to_numpy()[1:]
            t = np.arange(1, len(values) + 1)
            reach = width * sd * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t)))
            yield vector("ewma", f"{name}, weight {weight}", {"values": values, "mean": mean, "sd": sd, "weight": weight, "width": width},
                         {"z": z, "lower": mean - reach, "upper": mean + reach, "firstAlarm": first(np.abs(z - mean) > reach)})


def cusum():
    """The sums are how far the cumulated deviations stand above their lowest point so far (below their highest)."""
    for name, values in series():
        for threshold in (4, 5, 8):
            scaled = (values - 10.0) / 2.0
            above, below = ([total - low for total, low in zip(walk, np.minimum.accumulate(walk))][1:] for walk in
                            (np.concatenate([[0.0], np.cumsum(side - 0.5)]) for side in (scaled, -scaled)))
            yield vector("cusum", f"{name}, threshold {threshold}",
                         {"values": values, "mean": 10.0, "sd": 2.0, "slack": 0.5, "threshold": threshold},
                         {"above": clean(above), "below": clean(below), "firstAlarm": first(np.maximum(above, below) > threshold)})


def clean(sums):
    """A sum of the walk and its minimum keeps rounding dust where the chart stands at 0."""
    return [0.0 if abs(each) < 1e-12 else each for each in sums]


def seasonal():
    cases = {
        "four weeks": ([100, 104, 98, 101], 130, 1.0), "one week was an outage": ([100, 0, 98, 101, 103], 97, 1.0),
        "all weeks equal: the floor counts": ([50, 50, 50, 50], 52, 0.5), "at the median": ([3, 9, 4, 8, 6], 6, 0.1),
        "below": ([0.31, 0.29, 0.33, 0.30, 0.28, 0.35], 0.12, 0.001), "eight weeks": ([12, 15, 11, 19, 14, 13, 16, 12], 30, 1.0),
    }
    for name, (history, value, floor) in cases.items():
        median, mad = np.median(history), stats.median_abs_deviation(history)
        yield vector("seasonal", name, {"history": history, "value": value, "floor": floor},
                     {"median": median, "mad": mad, "z": (value - median) / max(1.4826 * mad, floor)})


def tails():
    for expected in (0.01, 0.5, 3.0, 12.5, 19.9, 150.0):
        for count in sorted({0, 1, 3, int(expected), int(2 * expected + 4)}):
            yield vector("poisson-tail", f"{count} where {expected} are expected", {"count": count, "expected": expected},
                         {"atLeast": stats.poisson.sf(count - 1, expected), "atMost": stats.poisson.cdf(count, expected)})
    for count, trials, probability in ((0, 50, 0.01), (3, 50, 0.01), (3, 1000, 0.001), (8, 1000, 0.001), (20, 100, 0.1), (50, 50, 0.9), (1, 1, 0.5),
                                       (120, 100_000, 0.001), (7, 10**6, 1e-6), (499, 1000, 0.5), (5, 400, 0.0001)):
        yield vector("binomial-tail", f"{count} of {trials} at {probability}", {"count": count, "trials": trials, "probability": probability},
                     {"atLeast": stats.binom.sf(count - 1, trials, probability), "atMost": stats.binom.cdf(count, trials, probability)})
