"""Figures of the programme: Kaplan-Meier in exact fractions, held against statsmodels' curve; ratios of two counts by scipy's beta."""

import hashlib
import json
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
    yield from records()


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
KINDS = ("TrainingData", "ValidationData", "TestData", "Code", "Features", "Artifact")
FACETS = ("evidence", "digest", "actor", "before and after", "outcome", "intact chain")


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
    models = []
    for number in range(size // 2):
        required = list(KINDS) if rng.random() < 0.7 else []
        present = [kind for kind in required if rng.random() < 0.9]
        models.append({"name": f"lending/model-{number}", "isInScope": bool(rng.random() < 0.8), "isCurrent": bool(rng.random() < 0.6),
                       "lineage": {"required": required, "present": present}})
    actions = ["Release", "Hold", "Accept", "Review", "Acknowledge"]
    decisions = [{"action": str(rng.choice(actions)), "atMs": int(rng.integers(50 * DAY, 200 * DAY))} for _ in range(size)]
    for each in decisions:
        each["minutesSpent"] = int(rng.integers(5, 300)) if each["action"] == "Review" else 0
    done = []
    for number in range(2 * size):
        lacks = [facet for facet in FACETS if rng.random() < 0.03]
        done.append({"object": f"lending/ri-{number // 3}", "seq": number, "type": "Applied", "atMs": int(rng.integers(50 * DAY, 200 * DAY)), "lacks": lacks})
    return {"incidents": incidents, "models": models, "decisions": decisions, "actions": done}, window


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
        return {"count": count, "n": n, "value": None, "interval": None, "gaps": []}
    low, high = proportion_confint(count, n, alpha=0.05, method="wilson")
    return {"count": count, "n": n, "value": count / n, "interval": {"low": 0.0 if count == 0 else low, "high": 1.0 if count == n else high}, "gaps": []}


def census(count, n, gaps):
    return {"count": count, "n": n, "value": count / n if n else None, "interval": None, "gaps": gaps}


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
    true = [each for each in inside if each["verdict"] == "TruePositive"]
    decided = [each for each in facts["decisions"] if start <= each["atMs"] < to]
    scope = [each for each in facts["models"] if each["isInScope"]]
    result = {
        "timeToDetect": {**survival(dated), "unknown": len(real) - len(dated)},
        "timeToAcknowledge": {**survival(spells(inside, "acknowledgedMs", to)), "unknown": 0},
        "timeToMitigate": {**survival(spells([each for each in real if each["origin"] == "Operator"], "mitigatedMs", to)), "unknown": 0},
        "timeToRemediate": {**survival(spells(real, "remediatedMs", to)), "unknown": 0},
        "escapedHighRisk": share(len(escaped), len(high)) if known else {**share(0, len(high)), "value": None, "interval": None},
        "alertPrecision": share(sum(each["verdict"] == "TruePositive" for each in judged), len(judged)),
        "reviewCoverage": share(sum(each["isCurrent"] for each in scope), len(scope)),
        "nearMisses": {"count": sum(each["harmConfirmed"] == "RuledOut" for each in true), "n": len(true)},
        "reviewMinutes": {"count": sum(each["minutesSpent"] for each in decided), "n": sum(each["action"] == "Review" for each in decided)},
    }
    seen = [each for each in facts["actions"] if start <= each["atMs"] < to]
    result["auditCompleteness"] = census(
        sum(not each["lacks"] for each in seen), len(seen),
        [f"RiskIncident {each['object']} entry {each['seq']} ({each['type']}) lacks {', '.join(each['lacks'])}" for each in seen if each["lacks"]])
    asked = [(each["name"], set(each["lineage"]["required"]), set(each["lineage"]["present"])) for each in facts["models"] if each["lineage"]["required"]]
    gaps = [f"ModelRisk {name} lacks {', '.join(kind for kind in KINDS if kind in required - present)}" for name, required, present in asked if required - present]
    result["lineageCoverage"] = census(sum(len(required & present) for _, required, present in asked), sum(len(required) for _, required, _ in asked), gaps)
    result["lineageComplete"] = census(sum(required <= present for _, required, present in asked), len(asked), gaps)
    for severity in ("Critical", "High", "Medium", "Low"):
        times = [each["detectedMs"] for each in facts["incidents"] if each["severity"] == severity and each["verdict"] != "FalsePositive"]
        before = sum(2 * start - to <= time < start for time in times)
        result[f"incidents{severity}"] = ratio(before, sum(start <= time < to for time in times))
    for action in ("Release", "Hold", "Accept"):
        result[f"overrides{action}"] = {"count": sum(each["action"] == action for each in decided), "n": len(operator)}
    return result


STEPS = ("Engaged", "Escalated", "SteppedDown", "Released", "ReleasedByDeletion")


def sealed(entry):
    """SHA-256 over all other fields as JSON with sorted keys and no spaces: what a record says of its own lines."""
    text = json.dumps({key: value for key, value in entry.items() if key != "hash"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def records():
    """RiskIncidents as they are stored, some spoilt: what each action of them lacks, told here from the objects."""
    rng = np.random.default_rng(86)
    for size in (0, 1, 25):
        incidents = [incident(rng, number) for number in range(size)]
        to = 200 * DAY
        yield vector("audited-records", f"{size} records", {"incidents": incidents, "toMs": to}, lacking(incidents, to))


def instant(ms):
    return np.datetime_as_string(np.datetime64(ms, "ms"), unit="ms") + "Z"


def incident(rng, number):
    at = int(rng.integers(100 * DAY, 199 * DAY)) if rng.random() < 0.8 else 200 * DAY - int(rng.integers(1, 600_000))
    dig = lambda: "sha256:" + "a" * 64 if rng.random() < 0.95 else ""
    spec = {"planRef": {"name": "credit", "digest": dig()}, "riskRef": {"name": "credit", "digest": dig()}, "firstPrevHash": "",
            "trigger": [{"indicator": "score-drift"}] if rng.random() < 0.9 else []}
    told, stage, route = [], "none", "credit-v1 50 %, credit-v2 50 %"
    for step in range(int(rng.integers(1, 4))):
        told.append(("Engaged" if step == 0 else "Escalated", "", stage, f"stage-{step}"))
        shares = f"credit-v1 {90 + step} %, credit-v2 {10 - step} %"
        told.append(("Applied", "HTTPRoute/credit", route, shares))
        if rng.random() < 0.8:
            told.append(("Verified", "HTTPRoute/credit", "", shares))
        stage, route = f"stage-{step}", shares
    if rng.random() < 0.2:
        told.append(("RemediationStarted", "Job/retrain", "", "retrain"))
        if rng.random() < 0.5:
            told.append(("RemediationSucceeded", "Job/retrain", "", "retrain"))
    if rng.random() < 0.6:
        told.append(("Released", "", stage, "none") if rng.random() < 0.8 else ("Released", "", "", ""))
        if rng.random() < 0.8:
            told.append(("Closed", "", "", ""))
    if rng.random() < 0.1:
        told.insert(0, ("WouldApply", "", "none", "stage-0"))
    entries, before = [], ""
    for seq, (kind, target, was, now) in enumerate(told):
        entry = {"seq": seq, "at": instant(at + seq * 1000), "type": kind, "actor": "operator" if rng.random() < 0.97 else "", "target": target,
                 "before": was, "after": now, "reason": "Ünder test.", "prevHash": before}
        before = entry["hash"] = sealed(entry)
        entries.append(entry)
    if rng.random() < 0.15:
        spoilt = int(rng.integers(len(entries)))
        entries[spoilt] = {**entries[spoilt], "reason": "Changed afterwards."}
    return {"metadata": {"namespace": "lending", "name": f"ri-{number}"}, "spec": spec, "status": {"entries": entries}}


def lacking(incidents, to):
    found = []
    for each in incidents:
        spec, entries = each["spec"], each["status"]["entries"]
        if any(entry["type"] == "WouldApply" for entry in entries):
            continue
        links = ["", *(entry["hash"] for entry in entries)]
        intact = all(entry["hash"] == sealed(entry) and entry["prevHash"] == link for entry, link in zip(entries, links))
        for place, entry in enumerate(entries):
            kind = entry["type"]
            if kind not in (*STEPS, "Applied", "RemediationStarted"):
                continue
            ms = int(np.datetime64(entry["at"][:-1], "ms").astype(int))
            rest = entries[place + 1:]
            if kind in STEPS:
                over = any(other["type"] in (*STEPS, "Applied", "Verified", "Closed") for other in rest)
            elif kind == "Applied":
                over = any(other["type"] == "Closed" or other["target"] == entry["target"] for other in rest)
            else:
                over = any(other["type"] == "RemediationSucceeded" for other in rest)
            ended = any(other["type"] == "Closed" for other in entries)
            holds = {"evidence": bool(spec["trigger"]), "digest": bool(spec["planRef"]["digest"] and spec["riskRef"]["digest"]), "actor": bool(entry["actor"]),
                     "before and after": bool(entry["after"]) and (bool(entry["before"]) or kind == "RemediationStarted"),
                     "outcome": over or (not ended if kind == "RemediationStarted" else to - ms < 300_000), "intact chain": intact}
            found.append({"object": f"lending/{each['metadata']['name']}", "seq": entry["seq"], "type": kind, "atMs": ms,
                          "lacks": [facet for facet in FACETS if not holds[facet]]})
    return found
