"""Incident rates with scipy: the Gamma posterior, what it says of one horizon, the odds update, the share of windows in breach."""

import math

from scipy import stats
from scipy.integrate import quad

from .vector import require_close, vector


def vectors():
    yield rate("risk-quant 4.2", 2, 4, 3, 1, 1, {"rate": "1.0", "low": ".394", "high": "1.831"})
    for prior in ((2, 4), (0, 3), (1, 10), (3, 2), (12, 5)):
        for incidents, years in ((0, 0.5), (0, 0), (1, 0.25), (7, 2)):
            yield rate(f"prior {prior[0]} in {prior[1]} years, then {incidents} in {years}", *prior, incidents, years, 1)
    yield rate("a horizon of a quarter", 2, 4, 1, 1, 0.25)
    yield rate("a horizon of five years", 2, 4, 1, 1, 5)
    for probability, odds, horizon, printed in (
        (0.10, 5, 1, {"priorOdds": ".1111", "odds": ".5556", "probability": ".357"}), (0.10, 0.8, 1, None), (0.10, 2, 1, None), (0.10, 10, 1, None),
        (0.10, 1, 1, None), (0.001, 5, 1, None), (0.9, 10, 1, None), (0.5, 0.8, 0.25, None), (1e-9, 10, 1, None), (0.999, 0.8, 2, None)):
        yield vector("odds", f"{'risk-quant 4.2, ' if printed else ''}{probability} times {odds} over {horizon}",
                     {"probability": probability, "oddsRatio": odds, "horizonYears": horizon}, updated(probability, odds, horizon), printed)
    for breaches, quiet, printed in ((3, 27, {"mean": ".08", "low": ".0284", "high": ".1507"}), (0, 30, {"mean": ".02", "low": ".0010", "high": ".0593"}),
                                     (0, 0, None), (30, 0, None), (400, 600, None)):
        posterior = stats.beta(1 + breaches, 19 + quiet)
        yield vector("share-in-breach", f"{'risk-quant 4.2, ' if printed else ''}{breaches} of {breaches + quiet} windows",
                     {"priorBreaches": 1, "priorQuiet": 19, "breaches": breaches, "quiet": quiet},
                     {"mean": posterior.mean(), "low": posterior.ppf(0.05), "high": posterior.ppf(0.95)}, printed)


def rate(name, prior_incidents, prior_years, incidents, years, horizon, printed=None):
    shape, time = (prior_incidents or 0.5) + incidents, prior_years + years
    posterior = stats.gamma(shape, scale=1 / time)
    none = stats.nbinom.pmf(0, shape, time / (time + horizon))
    mixed = quad(lambda u: math.exp(-horizon * posterior.ppf(u)), 0, 1, epsabs=1e-11, epsrel=1e-11, limit=400)[0]
    require_close(none, mixed, 1e-6, "chance of a horizon without an incident")
    return vector("rate", name, {"priorIncidents": prior_incidents, "priorYears": prior_years, "incidents": incidents, "years": years, "horizonYears": horizon},
                  {"shape": shape, "exposureYears": time, "rate": posterior.mean(), "low": posterior.ppf(0.05), "high": posterior.ppf(0.95),
                   "probabilityAtLeastOne": stats.nbinom.sf(0, shape, time / (time + horizon)),
                   "probabilityAtMeanRate": stats.poisson.sf(0, posterior.mean() * horizon)}, printed)


def updated(probability, odds, horizon):
    """1 - p' by Bayes with the odds ratio as the likelihood of the evidence; the rate that gives p' over the horizon."""
    posterior = probability * odds / (probability * odds + (1 - probability))
    before = probability / (1 - probability)
    return {"priorOdds": before, "odds": before * odds, "probability": posterior, "rate": -math.log1p(-posterior) / horizon}
