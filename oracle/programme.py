"""Figures of the programme: Kaplan-Meier in exact fractions, held against statsmodels' curve; ratios of two counts by scipy's beta."""

from fractions import Fraction

import numpy as np
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from .vector import vector


def vectors():
    yield from survivals()
    yield from ratios()
    yield from programmes()


def curve(spells):
    """(time, share left) after each time at which something ended; Kaplan and Meier 1958, nothing rounded."""
    left, steps = Fraction(1), []
    for time in sorted({ms for ms, _ in spells}):
        at_risk = sum(ms >= time for ms, _ in spells)
        ended = sum(ms == time and over for ms, over in spells)
        left *= Fraction(at_risk - ended, at_risk)
        if ended:
            steps.append((time, left))
    return steps


def survival(spells):
    steps = curve(spells)
    if any(over for _, over in spells):
        theirs = SurvfuncRight([ms for ms, _ in spells], [int(over) for _, over in spells])
        assert list(theirs.surv_times) == [time for time, _ in steps]
        np.testing.assert_allclose(theirs.surv_prob, [float(left) for _, left in steps], rtol=1e-12, atol=1e-15)

    def within(share):
        return next((time for time, left in steps if left <= share), None)

    return {"n": len(spells), "censored": sum(not over for _, over in spells), "medianMs": within(Fraction(1, 2)), "p90Ms": within(Fraction(1, 10))}


def survivals():
    rng = np.random.default_rng(20261126)
    cases = [("nothing", []), ("one", [(7, True)]), ("one that is not over", [(7, False)]), ("an exact half", [(1, True), (2, True)]),
             ("thirds that multiply to a half", [(1, True), (2, True), (3, True), (4, True), (5, True), (6, True)]),
             ("a tie of both kinds: what ended comes first", [(5, True), (5, False), (5, False), (9, True)]),
             ("never half over", [(1, True), (9, False), (9, False), (9, False)]),
             # Freireich 1963, remission of 21 patients on 6-MP, as every text book has it: median 23, 12 censored.
             ("remission of leukaemia on 6-MP", [(t, True) for t in (6, 6, 6, 7, 10, 13, 16, 22, 23)]
              + [(t, False) for t in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)])]
    for n in (5, 10, 20, 50, 100, 400):
        for censored in (0.0, 0.3, 0.7):
            times = np.floor(rng.exponential(50, n)).astype(int) + 1
            over = rng.random(n) >= censored
            cases.append((f"{n} of which {censored} are censored", [(int(t), bool(o)) for t, o in zip(times, over)]))
    for name, spells in cases:
        yield vector("survival", name, {"spells": [{"ms": ms, "ended": over} for ms, over in spells]}, survival(spells))


def ratio(before, now):
    n = before + now
    if n < 10:
        return {"before": before, "now": now, "ratio": None, "interval": None}
    low = 0.0 if now == 0 else stats.beta.ppf(0.025, now, before + 1)
    high = 1.0 if before == 0 else stats.beta.ppf(0.975, now + 1, before)
    odds = [np.inf if share == 1 else float(share / (1 - share)) for share in (low, high)]
    return {"before": before, "now": now, "ratio": np.inf if before == 0 else now / before, "interval": {"low": odds[0], "high": odds[1]}}


def ratios():
    for before, now in [(0, 0), (4, 5), (5, 5), (0, 10), (10, 0), (3, 20), (20, 3), (100, 130), (1, 99)]:
        yield vector("rate-ratio", f"{before} then {now}", {"before": before, "now": now}, ratio(before, now))


def programmes():
    """Whole programmes drawn at random, every figure counted here from the list of incidents."""
    rng = np.random.default_rng(6)
    for size in (0, 1, 12, 70):
        for reports in (False, True):
            facts, window = draw(rng, size, reports)
            name = f"{size} incidents, {'some' if reports else 'none'} reported"
            yield vector("programme", name, {"facts": facts, "window": window}, figures(facts, window))


DAY = 86_400_000


def draw(rng, size, reports):
    window = {"fromMs": 100 * DAY, "toMs": 190 * DAY}
    incidents = []
    for _ in range(size):
        detected = int(rng.integers(10 * DAY, 200 * DAY))
        after = lambda mean, chance: detected + int(rng.exponential(mean)) if rng.random() < chance else None
        reported = bool(reports and rng.random() < 0.2)
        incidents.append({
            "origin": "Reported" if reported else "Operator",
            "severity": str(rng.choice(["Critical", "High", "Medium", "Low"])),
            "onsetMs": detected - int(rng.exponential(5 * DAY)) if reported or rng.random() < 0.3 else None,
            "detectedMs": detected,
            "acknowledgedMs": after(DAY / 24, 0.7),
            "mitigatedMs": None if reported else after(2000, 0.9),
            "remediatedMs": after(10 * DAY, 0.6),
            "closedMs": after(20 * DAY, 0.8),
            "verdict": [None, "TruePositive", "FalsePositive"][int(rng.integers(3))],
            "harmConfirmed": None,
        })
        if incidents[-1]["verdict"]:
            incidents[-1]["harmConfirmed"] = str(rng.choice(["Confirmed", "RuledOut", "Unknown"])) if reports else "RuledOut"
    models = [{"isInScope": bool(rng.random() < 0.8), "isCurrent": bool(rng.random() < 0.6)} for _ in range(size // 2)]
    actions = ["Release", "Hold", "Accept", "Review", "Acknowledge"]
    decisions = [{"action": str(rng.choice(actions)), "atMs": int(rng.integers(50 * DAY, 200 * DAY))} for _ in range(size)]
    for each in decisions:
        each["minutesSpent"] = int(rng.integers(5, 300)) if each["action"] == "Review" else 0
    return {"incidents": incidents, "models": models, "decisions": decisions}, window


def spells(incidents, end, to):
    result = []
    for each in incidents:
        at = each[end]
        if at is not None and at < to:
            result.append((max(0, at - each["detectedMs"]), True))
        else:
            closed = each["closedMs"]
            result.append((max(0, (to if closed is None else min(closed, to)) - each["detectedMs"]), False))
    return result


def share(count, n):
    if n == 0:
        return {"count": count, "n": n, "value": None, "interval": None}
    low, high = proportion_confint(count, n, alpha=0.05, method="wilson")
    return {"count": count, "n": n, "value": count / n, "interval": {"low": 0.0 if count == 0 else low, "high": 1.0 if count == n else high}}


def figures(facts, window):
    start, to = window["fromMs"], window["toMs"]
    inside = [each for each in facts["incidents"] if start <= each["detectedMs"] < to]
    real = [each for each in inside if each["verdict"] != "FalsePositive"]
    operator = [each for each in inside if each["origin"] == "Operator"]
    dated = [(max(0, each["detectedMs"] - each["onsetMs"]), True) for each in real if each["onsetMs"] is not None]
    high = [each for each in real if each["severity"] in ("Critical", "High")]
    escaped = [each for each in high if each["origin"] == "Reported" or each["harmConfirmed"] == "Confirmed"]
    known = bool(escaped) or any(each["origin"] == "Reported" for each in inside)
    judged = [each for each in operator if each["verdict"] is not None]
    scope = [each for each in facts["models"] if each["isInScope"]]
    result = {
        "timeToDetect": {**survival(dated), "unknown": len(real) - len(dated)},
        "timeToAcknowledge": {**survival(spells(inside, "acknowledgedMs", to)), "unknown": 0},
        "timeToMitigate": {**survival(spells([each for each in real if each["origin"] == "Operator"], "mitigatedMs", to)), "unknown": 0},
        "timeToRemediate": {**survival(spells(real, "remediatedMs", to)), "unknown": 0},
        "escapedHighRisk": share(len(escaped), len(high)) if known else {**share(0, len(high)), "value": None, "interval": None},
        "alertPrecision": share(sum(each["verdict"] == "TruePositive" for each in judged), len(judged)),
        "reviewCoverage": share(sum(each["isCurrent"] for each in scope), len(scope)),
        "nearMisses": {"count": sum(each["verdict"] == "TruePositive" and each["harmConfirmed"] == "RuledOut" for each in inside)},
        "reviewMinutes": {"count": sum(each["minutesSpent"] for each in facts["decisions"] if start <= each["atMs"] < to)},
    }
    for severity in ("Critical", "High", "Medium", "Low"):
        times = [each["detectedMs"] for each in facts["incidents"] if each["severity"] == severity and each["verdict"] != "FalsePositive"]
        before = sum(2 * start - to <= time < start for time in times)
        result[f"incidents{severity}"] = ratio(before, sum(start <= time < to for time in times))
    for action in ("Release", "Hold", "Accept"):
        result[f"overrides{action}"] = {"count": sum(each["action"] == action and start <= each["atMs"] < to for each in facts["decisions"])}
    return result
