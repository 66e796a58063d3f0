"""What repeated looks alarm by chance: the tail at one look, and bounds of how often an indicator fires."""

import math

import numpy as np
from scipy import integrate, stats

from .vector import vector

YEAR = 365 * 86_400


def vectors():
    yield from drift()
    yield from events()
    yield from intervals()
    yield from sums()
    yield from firings()


def drift():
    for bins, n, m, effect, level in [(10, 10**6, 200, 1, 0.1), (20, 10**6, 200, 1, 0.1), (10, 500, 500, 1, 0.1), (10, 10**6, 1000, 1, 0.25),
                                      (10, 10**6, 1000, 8, 0.25), (5, 4000, 900, 1.5, 0.02), (48, 10**5, 10**4, 1, 0.01)]:
        scale = effect * (1 / n + 1 / m)
        yield vector("drift", f"{bins} bins, {n} against {m} rows, design effect {effect}, beyond {level}",
                     {"bins": bins, "reference": n, "live": m, "designEffect": effect, "level": level},
                     {"psi": stats.chi2.sf(level / scale, bins - 1),
                      "totalVariationAtMost": stats.chi2.sf((2 * level) ** 2 / scale, bins - 1),
                      "kolmogorovAtMost": stats.kstwobign.sf(level / math.sqrt(scale))})


def events():
    for target, long, short, level in [(99, 12_000, 1000, 14.4), (99, 12_000, 1000, 2), (99.9, 40_000, 4000, 3), (95, 480, 240, 1.6), (90, 60, 5, 6)]:
        budget = 1 - target / 100
        tails = [stats.binom.sf(math.floor(level * budget * total * (1 + 1e-12)), total, budget) for total in (long, short)]
        yield vector("burn-rate", f"{level} times a budget of {100 - target:g} %, {long} and {short} events",
                     {"targetPercent": target, "long": long, "short": short, "level": level}, {"atMost": min(tails)})


def intervals():
    for alpha, number, value, low, high, breach, clear in [(0.01, 1, 0.9, 0.85, 0.94, 0.8, 0.8), (0.01, 3, 0.9, 0.82, 0.97, 0.8, 0.85),
                                                           (0.05, 6, 0.03, 0, 0.09, 0.1, 0.05), (0.001, 1, 1.0, 0.9, 1.1, 1.5, 1.2)]:
        z = stats.norm.isf(alpha / number / 2)
        error = max(value - low, high - value) / z
        one = stats.norm.sf(z + abs(breach - clear) / error)
        yield vector("interval", f"{number} intervals at {alpha}, from clear {clear} to breach {breach}",
                     {"falseAlarmProbability": alpha, "intervals": number, "value": value, "low": low, "high": high, "breach": breach, "clear": clear},
                     {"atLeast": one, "atMost": number * one})


def sums():
    """The exact chance that one of the two sums, begun anew so many readings ago, is above the threshold: as good as twice that of one."""
    for readings, threshold in [(5, 4), (9, 4), (13, 4), (13, 5), (9, 8)]:
        at, mass = np.polynomial.legendre.leggauss(400)
        low = -readings * 0.5 - 8 * math.sqrt(readings)
        at, mass = low + (threshold - low) * (at + 1) / 2, mass * (threshold - low) / 2
        # What has not passed the threshold by now, by where its random walk of deviations less 0.5 stands.
        density = stats.norm.pdf(at + 0.5)
        for _ in range(readings - 1):
            density = stats.norm.pdf(at[:, None] - at[None, :] + 0.5) @ (mass * density)
        yield vector("cusum", f"above {threshold} after {readings} readings", {"readings": readings, "threshold": threshold},
                     {"chance": 2 * (1 - float(mass @ density))})


def firings():
    for p, independent, window, interval, hold, clear in [(0.01, True, 600, 5, 0, 600), (0.01, False, 600, 15, 30, 600), (1e-6, True, 600, 5, 60, 600),
                                                          (0.02, True, 1200, 60, 1200, 60), (0.02, True, 1200, 60, 3000, 60), (0.02, False, 1200, 60, 3000, 60),
                                                          (0.3, True, 300, 30, 0, 0), (0.005, True, 3600, 60, 600, 3600)]:
        high = most(p, independent, window, interval, hold, clear)
        yield vector("firings", f"{p} a look, every {interval} of {window} s, for {hold} s{'' if independent else ', one sample behind all'}",
                     {"chance": p, "windowsAreIndependent": independent, "windowSeconds": window, "intervalSeconds": interval, "forSeconds": hold,
                      "clearForSeconds": clear},
                     {"low": YEAR * min(high, least(p, window, interval, hold, clear)), "high": YEAR * high})


def most(p, independent, window, interval, hold, clear):
    run, apart = math.ceil(hold / interval) + 1, math.ceil(window / interval)
    bounds = [1 / (hold + clear + interval)]
    starts = run
    agreeing = 1
    while starts >= 1:
        bounds.append(p ** agreeing / (starts * interval))
        if not independent:
            break
        starts, agreeing = starts - apart, agreeing + 1
    return min(bounds)


def least(p, window, interval, hold, clear):
    looks = math.ceil(hold / interval) + 1
    stretches = max(1, math.ceil((looks - 1) * interval / (window / 2)))
    each = math.ceil(looks / stretches)
    correlation = max(0, 1 - (each - 1) * interval / window)
    together = equally_correlated(p, each, correlation) ** stretches
    cycle = window + hold + interval
    rate = together * (1 - together) / cycle
    return rate / (1 + rate * (cycle + clear))


def equally_correlated(p, looks, correlation):
    if looks == 1:
        return p
    limit = stats.norm.isf(p)
    inside = lambda z: stats.norm.pdf(z) * stats.norm.cdf((math.sqrt(correlation) * z - limit) / math.sqrt(1 - correlation)) ** looks
    value, _ = integrate.quad(inside, -9, 9, limit=500, epsabs=0, epsrel=1e-12)
    return value
