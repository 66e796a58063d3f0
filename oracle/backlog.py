"""What a week of work on each remediation brings, by drawing: numpy's PCG64 with fixed seeds. Compare with that in mind."""

import numpy as np

from .vector import vector

DRAWS = 400_000
DISCOUNT_PERCENT = 10
WEEKS_A_YEAR = 365.25 / 7
LEAST_WEEKS = 0.2


def vectors():
    for seed in range(8):
        case = drawn_case(np.random.default_rng(1000 + seed))
        yield vector("ranking", f"case {seed}", case, ranking(case, np.random.default_rng(2000 + seed)))


def drawn_case(rng):
    """Three risks and six remediations, with one or two assessors each."""
    risks = [{"shape": round(rng.uniform(0.5, 6), 2), "years": round(rng.uniform(1, 6), 2), "meanImpact": round(float(rng.lognormal(12, 1)))} for _ in range(3)]
    items = [{"risks": sorted(rng.choice(3, rng.integers(1, 3), replace=False).tolist()), "assessments": [assessment(rng) for _ in range(rng.integers(1, 3))]} for _ in range(6)]
    return {"discountPercent": DISCOUNT_PERCENT, "draws": DRAWS, "risks": risks, "items": items}


def assessment(rng):
    def three(low, high, digits):
        low, mode, high = sorted(round(float(each), digits) for each in rng.uniform(low, high, 3))
        return {"min": low, "mode": mode, "max": high}

    return {"cost": three(5_000, 120_000, 0), "weeks": three(0.1, 14, 2), "reducesLossPercent": three(5, 95, 1), "successPercent": int(rng.integers(30, 100))}


def ranking(case, rng):
    yearly = np.array([rng.gamma(risk["shape"], 1 / risk["years"], DRAWS) * risk["meanImpact"] for risk in case["risks"]])
    nets, weeks = zip(*(worth(item, yearly, rng) for item in case["items"]))
    per_week = [net.mean() / week.mean() for net, week in zip(nets, weeks)]
    rates = [net / week for net, week in zip(nets, weeks)]
    return {
        "items": [{"net": net.mean(), "weeks": week.mean(), "netPerWeek": each} for net, week, each in zip(nets, weeks, per_week)],
        "outranks": [[0.5 if one is other else (one > other).mean() for other in rates] for one in rates],
    }


def worth(item, yearly, rng):
    """Each draw believes one assessor, whole."""
    believed = rng.integers(0, len(item["assessments"]), DRAWS)

    def pooled(draw):
        return np.choose(believed, [draw(each) for each in item["assessments"]])

    cost, weeks, reduces = (pooled(lambda each: pert(each[quantity], rng)) for quantity in ("cost", "weeks", "reducesLossPercent"))
    success = pooled(lambda each: np.full(DRAWS, each["successPercent"] / 100))
    weeks = np.maximum(weeks, LEAST_WEEKS)
    loss = yearly[item["risks"]].sum(axis=0)
    benefit = success * reduces / 100 * loss * (1 + DISCOUNT_PERCENT / 100) ** (-weeks / WEEKS_A_YEAR)
    return benefit - cost, weeks


def pert(estimate, rng):
    low, mode, high = estimate["min"], estimate["mode"], estimate["max"]
    return low + (high - low) * rng.beta(1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low), DRAWS)
