"""Loss of one event: scipy's lognormal and beta, each mean also by quadrature; closed moments of a year."""

import math

from scipy import stats
from scipy.integrate import quad

from .vector import require_close, vector

Z95 = stats.norm.ppf(0.95)


def vectors():
    for low, high, printed in (
        (1, 10, {"mean": "4.0400128269"}), (635_000, 19_000_000, {"mean": "5922706.83"}),
        (50_000, 2_000_000, {"mu": "12.664218", "sigma": "1.1213397", "mean": "592982.05", "quantiles.p50": "316227.77"}),
        (100_000, 5_000_000, None), (10_000, 400_000, None), (0.5, 0.6, None), (1, 1e9, None)):
        yield lognormal(low, high, printed)
    for low, high, limit in ((50_000, 2_000_000, 1_000_000), (50_000, 2_000_000, 5_000_000), (1, 10, 2), (100_000, 5_000_000, 60_000)):
        _, _, distribution = lognormal_of(low, high)
        mean = quad(distribution.sf, 0, limit, epsabs=0, epsrel=1e-12, limit=500, points=[limit / 100, limit / 10])[0]
        yield vector("limited-lognormal", f"{low} to {high}, at most {limit}", {"low": low, "high": high, "limit": limit}, {"mean": mean})
    for least, mode, most, printed in (
        (10, 30, 100, {"alpha": "1.8889", "beta": "4.1111", "mean": "38.3333", "sd": "15.7988", "quantiles.p5": "15.9858", "quantiles.p50": "36.3853",
                       "quantiles.p95": "67.3834", "fromSd.alpha": "2.1299", "fromSd.beta": "4.6356"}),
        (0, 1, 2, None), (5, 5, 20, None), (5, 20, 20, None), (1e4, 2e5, 3e6, None), (-10, 0, 4, None), (1, 1.001, 900, None)):
        yield pert(least, mode, most, printed)
    yield from years()


def lognormal_of(low, high):
    mu, sigma = (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * Z95)
    return mu, sigma, stats.lognorm(sigma, scale=math.exp(mu))


def lognormal(low, high, printed):
    mu, sigma, distribution = lognormal_of(low, high)
    require_close(distribution.ppf(0.05), low, 1e-12, "5 % of a lognormal")
    return vector("lognormal", f"{'risk-quant 4.3, ' if printed else ''}{low} to {high}", {"low": low, "high": high},
                  {"mu": mu, "sigma": sigma, "mean": distribution.mean(), "secondMoment": distribution.moment(2), "quantiles": quantiles(distribution)}, printed)


def quantiles(distribution):
    return {f"p{round(100 * share)}": distribution.ppf(share) for share in (0.05, 0.5, 0.9, 0.95, 0.99)}


def pert(least, mode, most, printed):
    span = most - least
    alpha, beta = 1 + 4 * (mode - least) / span, 1 + 4 * (most - mode) / span
    distribution = stats.beta(alpha, beta, loc=least, scale=span)
    require_close(distribution.mean(), (least + 4 * mode + most) / 6, 1e-12, "mean of a PERT")
    expected = {"alpha": alpha, "beta": beta, "mean": distribution.mean(), "sd": distribution.std(),
                "secondMoment": distribution.var() + distribution.mean() ** 2, "quantiles": quantiles(distribution)}
    if printed:
        expected["fromSd"] = from_sd(least, mode, most)
    return vector("pert", f"{'risk-quant 4.3, ' if printed else ''}{least}, {mode}, {most}", {"min": least, "mode": mode, "max": most}, expected, printed)


def from_sd(least, mode, most):
    """Not ours: pyfair's parameters, from a deviation of a sixth of the span. The same mean with thinner tails."""
    mean, sd = (least + 4 * mode + most) / 6, (most - least) / 6
    share = (mean - least) / (most - least)
    total = share * (1 - share) / (sd / (most - least)) ** 2 - 1
    return {"alpha": share * total, "beta": (1 - share) * total}


def years():
    """Expected annual loss and its variance where the rate is Gamma(shape, exposure) or certain: moments of scipy's distributions."""
    for name, shape, exposure, low, high, printed in (
        ("risk-quant 4.3, Gamma(2, 4)", 2, 4, 50_000, 2_000_000, {"expectedLoss": "296491", "chanceOfNone": ".64"}),
        ("risk-quant 4.3, one in ten years", 1, 10, 1, 10, {"expectedLoss": ".40400128"}), ("Gamma(5, 5)", 5, 5, 100_000, 5_000_000, None), ("Gamma(0.5, 3)", 0.5, 3, 10_000, 400_000, None)):
        severity, count = lognormal_of(low, high)[2], stats.nbinom(shape, exposure / (exposure + 1))
        rate = stats.gamma(shape, scale=1 / exposure)
        yield vector("year", name, {"shape": shape, "exposureYears": exposure, "low": low, "high": high},
                     {"expectedLoss": count.mean() * severity.mean(), "variance": count.mean() * severity.var() + count.var() * severity.mean() ** 2,
                      "chanceOfNone": count.pmf(0), "lowOfExpected": rate.ppf(0.05) * severity.mean(), "highOfExpected": rate.ppf(0.95) * severity.mean()}, printed)
    severity, frequency = lognormal_of(50_000, 2_000_000)[2], stats.poisson(0.5)
    yield vector("certain-rate", "risk-quant 4.3, Poisson .5", {"rate": 0.5, "low": 50_000, "high": 2_000_000},
                 {"expectedLoss": frequency.mean() * severity.mean(), "variance": 0.5 * severity.moment(2), "chanceOfNone": frequency.pmf(0)},
                 {"expectedLoss": "296491", "chanceOfNone": ".60653"})
    rate, severity = stats.beta(1 + 4 * 0.25, 1 + 4 * 0.75, loc=0.1, scale=0.8), lognormal_of(1, 10)[2]
    yield vector("pert-rate", "risk-quant 4.3, the warning about riskquant", {"min": 0.1, "mode": 0.3, "max": 0.9, "low": 1, "high": 10},
                 {"rate": rate.mean(), "expectedLoss": rate.mean() * severity.mean(), "atTheMode": 0.3 * severity.mean()},
                 {"rate": ".36667", "expectedLoss": "1.4813", "atTheMode": "1.2120"})
