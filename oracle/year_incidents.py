"""Severity, deadlines, findings and figures of incidents, by docs/incidents.md and docs/programme-metrics.md."""

from functools import cache

from .year_figures import kaplan_meier, rate_ratio, share
from .year_log import ORDER, ms

DAY = 86_400_000


class Record:
    """One incident as its entries up to an instant, and the decisions they name, tell it."""

    def __init__(self, programme, log, uid, now):
        self.programme, self.now = programme, now
        self.namespace, self.name = programme.incidents[uid]["namespace"], programme.incidents[uid]["name"]
        self.spec = programme.incidents[uid]["spec"]
        self.entries = [entry for entry in log.entries.get(uid, []) if entry["at_ms"] <= now]
        self.report = self.spec.get("report")
        # Decisions its entries name that the log does not hold.
        self.unknown = []
        self.postmortems = self.decided("Postmortem")
        self.last = self.postmortems[-1]["spec"]["postmortem"] if self.postmortems else {}

    @property
    def key(self):
        return f"{self.namespace}/{self.name}"

    def decided(self, kind):
        named = [self.namespace + "/" + entry["target"] for entry in self.entries if entry["type"] == kind]
        self.unknown += [target for target in named if target not in self.programme.by_target]
        return [self.programme.by_target[target] for target in named if target in self.programme.by_target]

    def first(self, *kinds):
        return next((entry["at_ms"] for entry in self.entries if entry["type"] in kinds), None)

    @property
    def severity(self):
        said = [each["spec"]["postmortem"]["severity"] for each in self.postmortems if "severity" in each["spec"]["postmortem"]]
        return said[-1] if said else self.spec.get("severity", "Medium")

    @property
    def is_handled(self):
        return self.report is not None or bool(self.postmortems)

    @property
    def closed(self):
        return self.first("Closed")

    @property
    def detected(self):
        return ms(self.report["awareAt"] if self.report else self.spec["openedAt"])

    def severity_after(self, count):
        said = [each["spec"]["postmortem"].get("severity") for each in self.postmortems[:count]]
        return next((each for each in reversed(said) if each), self.spec.get("severity", "Medium"))

    @property
    def model_key(self):
        return f"{self.namespace}/{self.spec['riskRef']['name']}"

    def policy_name(self):
        """That of its model; of a model that is gone, the one its readings were taken under."""
        model = self.programme.named(self.model_key)
        return model.spec["policyRef"]["name"] if model else self.spec["trigger"][0]["provider"].split("/")[0] if self.spec.get("trigger") else None

    @cache
    def deadlines(self):
        """A clock that began is never taken off and never moves back: each postmortem may begin one, and while it is open each state of the policy."""
        models = [each for each in self.programme.models.values() if each.key == self.model_key]
        named = self.policy_name() or (models[-1].spec["policyRef"]["name"] if models else None)
        policies = [(at, spec) for at, name, spec in self.programme.policy_history if name == named]
        opened = ms(self.spec["openedAt"])
        # When something may begin: it was opened, somebody looked back, the policy changed.
        turns = sorted({opened, *[each["created"] for each in self.postmortems], *[at for at, _ in policies if at > opened and (self.closed is None or at < self.closed)]})
        due = {}
        for turn in turns:
            looked = [each for each in self.postmortems if each["created"] <= turn]
            aware = self.aware(looked)
            seen = [spec for at, spec in policies if at <= turn]
            if aware is None or not seen or (self.report and not self.programme.is_there(self.model_key, turn)):
                continue
            in_force = seen[-1]
            for duty in in_force.get("reporting", []):
                if self.severity_after(len(looked)) not in duty["severities"]:
                    continue
                if "categories" in duty and not set(duty["categories"]) & set(self.spec.get("categories", [])):
                    continue
                end = aware + duty["withinSeconds"] * 1000
                begun = {"due": end, "warnAt": max(aware, end - duty["warningSeconds"] * 1000)}
                if duty["name"] not in due or end < due[duty["name"]]["due"]:
                    due[duty["name"]] = begun
        return {name: {**each, **self.filing(name, each)} for name, each in due.items()}

    def aware(self, looked):
        if self.report:
            return ms(self.report["awareAt"])
        return looked[-1]["created"] if looked and looked[-1]["spec"]["postmortem"]["harmConfirmed"] == "Confirmed" else None

    def filing(self, name, begun):
        filed = [ms(each["spec"]["filed"]["at"]) for each in self.decided("ReportFiled") if each["spec"]["filed"]["reporting"] == name]
        if filed:
            return {"filedAt": min(filed), "state": "Filed" if min(filed) <= begun["due"] else "FiledLate"}
        state = "Overdue" if begun["due"] <= self.now else "DueSoon" if begun["warnAt"] <= self.now else "Open"
        return {"filedAt": None, "state": state}

    @cache
    def findings(self):
        model = self.programme.named(self.model_key)
        spec = {} if model is None else model.spec
        has = {field: {each["name"] for each in spec.get(field, [])} for field in ("remediations", "indicators")}
        is_tracked = lambda each: each.get("remediation") in has["remediations"] or each.get("indicator") in has["indicators"]
        return {each["name"]: "Tracked" if is_tracked(each) else "Open" for each in self.last.get("findings", [])}

    # Of the programme

    @property
    def is_false(self):
        return self.last.get("verdict") == "FalsePositive"

    @property
    def onset(self):
        told = self.last.get("onsetAt") or (self.report or {}).get("onsetAt")
        return None if told is None else ms(told)

    @property
    def remediated(self):
        ends = [entry["at_ms"] for entry in self.entries if entry["type"] == "Released" and entry["actor"] == "operator" and entry["after"] == "none"]
        ends += [entry["at_ms"] for entry in self.entries if entry["type"] == "RemediationSucceeded" or (self.report and entry["type"] == "Closed")]
        return min(ends, default=None)


def spell(record, end, to):
    if end is not None and end < to:
        return max(0, end - record.detected), True
    return max(0, (to if record.closed is None else min(record.closed, to)) - record.detected), False


def counted(decision, held):
    """Whether somebody's decision was ever in force. `held`: those a record says were."""
    if decision["judged"] is not None:
        return decision["judged"]
    return (decision["outcome"] or {}).get("status") == "True" or f"{decision['namespace']}/RiskDecision/{decision['name']}" in held


def figures(programme, records, now, days=90):
    """Every figure of `metrics --json`, by its name."""
    to, start = now, now - days * DAY
    records = [each for each in records if "drill" not in each.spec and not any(entry["type"] == "WouldApply" for entry in each.entries)]
    inside = [each for each in records if start <= each.detected < to]
    real = [each for each in inside if not each.is_false]
    engaged = [each for each in inside if each.report is None]
    dated = [(max(0, each.detected - each.onset), True) for each in real if each.onset is not None]
    times = lambda those, end: {**kaplan_meier([spell(each, end(each), to) for each in those]), "unknown": 0}
    high = [each for each in real if each.severity in ("Critical", "High")]
    escaped = [each for each in high if each.report or each.last.get("harmConfirmed") == "Confirmed"]
    judged = [each for each in engaged if each.postmortems]
    true = [each for each in inside if each.last.get("verdict") == "TruePositive"]
    models = [each for each in programme.models.values() if not each.gone]
    due = [(each.review, programme.next_review(each)) for each in models]
    in_scope = [(review, next_due) for review, next_due in due if next_due is not None]
    held = {f"{record.namespace}/{entry['target']}" for record in records for entry in record.entries if entry["type"] in ("Held", "Accepted")}
    decisions = [each for each in programme.decisions.values() if start <= each["created"] < to and counted(each, held)]
    escaped_share = share(len(escaped), len(high))
    if not escaped and not any(each.report for each in inside):
        escaped_share = {**escaped_share, "value": None, "interval": None}
    result = {
        "timeToDetect": {**kaplan_meier(dated), "unknown": len(real) - len(dated)},
        "timeToAcknowledge": times(inside, lambda each: each.first("Acknowledged")),
        "timeToMitigate": times([each for each in real if each.report is None], lambda each: each.first("Verified")),
        "timeToRemediate": times(real, lambda each: each.remediated),
        "escapedHighRisk": escaped_share,
        "alertPrecision": share(sum(each.last["verdict"] == "TruePositive" for each in judged), len(judged)),
        "reviewCoverage": share(sum(review is not None and next_due[0] > now for review, next_due in in_scope), len(in_scope)),
        "nearMisses": {"count": sum(each.last["harmConfirmed"] == "RuledOut" for each in true), "n": len(true)},
        "reviewMinutes": {
            "count": sum(each["spec"].get("minutesSpent", 0) for each in decisions),
            "n": sum(each["spec"]["action"] == "Review" for each in decisions),
        },
    }
    for severity in ORDER:
        at = [each.detected for each in records if each.severity == severity and not each.is_false]
        result[f"incidents{severity}"] = rate_ratio(sum(2 * start - to <= time < start for time in at), sum(start <= time < to for time in at))
    for action in ("Release", "Hold", "Accept"):
        result[f"overrides{action}"] = {"count": sum(each["spec"]["action"] == action for each in decisions), "n": len(engaged)}
    done = [(record, entry) for record in records if record.report is None for entry in record.entries if start <= entry["at_ms"] < to and is_action(entry)]
    result["auditCompleteness"] = census(sum(is_proven(record, entry, now) for record, entry in done), len(done))
    asked = [each for each in models if "Lineage" in (programme.tier_spec(each) or {}).get("requiredDocumentation", [])]
    pinned = [len({entry["kind"] for entry in each.spec.get("lineage", []) if "digest" in entry}) for each in asked]
    result["lineageCoverage"] = census(sum(pinned), KINDS * len(asked))
    result["lineageComplete"] = census(sum(count == KINDS for count in pinned), len(asked))
    return result


# TrainingData, ValidationData, TestData, Code, Features, Artifact.
KINDS = 6
STEPS = ("Engaged", "Escalated", "SteppedDown", "Released", "ReleasedByDeletion")


def census(count, n):
    return {"count": count, "n": n, "value": count / n if n else None, "interval": None}


def is_action(entry):
    return entry["type"] in (*STEPS, "Applied", "RemediationStarted")


def is_proven(record, entry, now):
    """Evidence, digests, actor, before and after, outcome; that the chain is whole `audit verify` tells of these lines."""
    spec, later = record.spec, [each for each in record.entries if each["seq"] > entry["seq"]]
    closed = any(each["type"] == "Closed" for each in record.entries)
    if entry["type"] == "RemediationStarted":
        outcome = not closed or any(each["target"] == entry["target"] and each["type"] in ("RemediationSucceeded", "RemediationFailed") for each in later)
    elif entry["type"] == "Applied":
        outcome = any(each["type"] == "Closed" or each["target"] == entry["target"] for each in later)
    else:
        answers = (*STEPS, "Applied", "Verified", "Stalled", "Contested", "Yielded", "Latched", "Closed")
        outcome = any(each["type"] in answers for each in later)
    outcome = outcome or (entry["type"] != "RemediationStarted" and now - entry["at_ms"] < 300_000)
    is_told = entry["after"] and (entry["before"] or entry["type"] == "RemediationStarted")
    return bool(spec.get("trigger") and spec["planRef"]["digest"] and spec["riskRef"]["digest"] and entry["actor"] and is_told and outcome)
