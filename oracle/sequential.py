"""Evidence that may be looked at all the time, by quadrature and enumeration: no closed form stands in here.

mixture: the normal-mixture ratio of the difference d of two shares, variance V = p1(1-p1)/n1 + p2(1-p2)/n2 as observed,
theta ~ N(0, tau^2); one-sided with theta > 0 only. The interval holds every difference that as a null would have a ratio
below 1/alpha. blocks: the e-process of Turner, Ly and Gruenwald over disjoint windows of two Bernoulli streams."""

import math

import numpy as np
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq

from .vector import require_close, vector


def vectors():
    cases = [(30, 100, 20, 100), (56, 70, 48, 80), (500, 1000, 500, 1000), (510, 1000, 480, 1000), (5200, 10_000, 4800, 10_000), (3, 50, 9, 60),
             (900, 1000, 1840, 2000), (1, 20, 5, 400), (120_000, 400_000, 118_000, 400_000), (40, 100, 60, 100)]
    for case in cases:
        for tau in (0.05, 0.2):
            yield mixture(case, tau)
    for case in cases[:8]:
        yield one_sided(case, 0.1)
    yield from blocks()


def inputs(case, tau):
    return dict(zip(("successes1", "trials1", "successes2", "trials2"), case)) | {"tau": tau, "alpha": 0.05}


def observed(case):
    k1, n1, k2, n2 = case
    p1, p2 = k1 / n1, k2 / n2
    return p1 - p2, p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2


def log_ratio(difference, variance, prior, low):
    """ln of the integral of the likelihood ratio against 0 over the prior, from `low` up; scaled by its largest value."""
    def log_value(theta):
        return (2 * difference * theta - theta**2) / (2 * variance) + prior(theta)

    spread = 1 / math.sqrt(1 / variance)
    grid = np.linspace(max(low, difference - 60 * spread), difference + 60 * spread, 200_001)
    peak = float(grid[np.argmax([(2 * difference * grid - grid**2) / (2 * variance) + prior(grid)])])
    top = log_value(peak)
    reach = [max(low, peak - 40 * spread), peak + 40 * spread]
    cuts = sorted({reach[0], *(min(max(peak + step * spread, reach[0]), reach[1]) for step in range(-12, 13, 2)), reach[1]})
    area = sum(quad(lambda theta: math.exp(log_value(theta) - top), a, b, epsabs=0, epsrel=1e-13, limit=200)[0] for a, b in zip(cuts, cuts[1:]) if b > a)
    return top + math.log(area)


def mixture(case, tau):
    difference, variance = observed(case)
    prior = lambda theta: -(theta**2) / (2 * tau**2) - math.log(tau * math.sqrt(2 * math.pi))
    log_evidence = log_ratio(difference, variance, prior, -math.inf)
    beyond = lambda distance: log_ratio(distance, variance, prior, -math.inf) + math.log(0.05)
    reach = brentq(beyond, 0, 60 * math.sqrt(variance) + tau, xtol=1e-300, rtol=1e-14)
    return vector("mixture", f"{case[0]} of {case[1]} against {case[2]} of {case[3]}, tau {tau}", inputs(case, tau),
                  {"difference": difference, "variance": variance, "logEvidence": log_evidence, "evidence": math.exp(log_evidence),
                   "pValue": min(1.0, math.exp(-log_evidence)), "low": difference - reach, "high": difference + reach})


def one_sided(case, tau):
    difference, variance = observed(case)
    prior = lambda theta: -(theta**2) / (2 * tau**2) - math.log(tau * math.sqrt(2 * math.pi) / 2)
    log_evidence = log_ratio(difference, variance, prior, 0.0)
    return vector("mixture-one-sided", f"{case[0]} of {case[1]} against {case[2]} of {case[3]}", inputs(case, tau),
                  {"logEvidence": log_evidence, "evidence": math.exp(log_evidence), "pValue": min(1.0, math.exp(-log_evidence))})


def blocks():
    cases = {
        "no difference": [(10, 20, 11, 20)] * 6, "a difference of .3": [(16, 20, 10, 20)] * 6, "unequal groups": [(3, 5, 30, 60), (1, 5, 36, 60), (0, 4, 31, 55)],
        "a window without one group": [(4, 10, 5, 10), (0, 0, 6, 10), (9, 10, 3, 10)], "one window": [(9, 10, 1, 10)], "nothing selected": [(0, 10, 0, 10)] * 3,
    }
    rng = np.random.default_rng(47)
    for seed in range(4):
        cases[f"drawn {seed}"] = [(int(rng.binomial(n, 0.5 + 0.1 * seed)), int(n), int(rng.binomial(m, 0.5)), int(m)) for n, m in rng.integers(5, 80, size=(8, 2))]
    for name, windows in cases.items():
        yield vector("blocks", name, {"windows": [dict(zip(("successes1", "trials1", "successes2", "trials2"), each)) for each in windows],
                                      "priorSuccesses": 0.18, "priorFailures": 0.18}, product(windows))


def product(windows):
    """Each window is judged by rates learnt from the windows before it (Beta prior); its null rate is their mean by group size."""
    seen, logs = np.zeros(4), []
    for window in windows:
        k1, n1, k2, n2 = window
        rate1, rate2 = ((seen[i] + 0.18) / (seen[i + 1] + 0.36) for i in (0, 2))
        pooled = (n1 * rate1 + n2 * rate2) / (n1 + n2)
        logs.append(stats.binom.logpmf(k1, n1, rate1) + stats.binom.logpmf(k2, n2, rate2) - stats.binom.logpmf(k1, n1, pooled) - stats.binom.logpmf(k2, n2, pooled))
        require_safe(n1, n2, rate1, rate2, pooled)
        seen += window
    return {"logEvidence": np.cumsum(logs), "evidence": math.exp(sum(logs)), "pValue": min(1.0, math.exp(-max(np.cumsum(logs))))}


def require_safe(n1, n2, rate1, rate2, pooled):
    """What makes it evidence: under any common rate the mean is at most 1. Enumerated for small windows."""
    if n1 * n2 > 2000:
        return
    first, second = np.arange(n1 + 1), np.arange(n2 + 1)
    gains = [stats.binom.pmf(k, n, rate) / stats.binom.pmf(k, n, pooled) for k, n, rate in ((first, n1, rate1), (second, n2, rate2))]
    for common in (0.05, 0.3, 0.5, float(pooled), 0.9):
        mean = math.prod(np.sum(stats.binom.pmf(k, n, common) * gain) for k, n, gain in ((first, n1, gains[0]), (second, n2, gains[1])))
        require_close(max(1.0, mean), 1.0, 1e-9, f"mean of the evidence at a common rate of {common}")
