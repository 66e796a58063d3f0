"""
A year of a programme computed again from the export of the audit sink alone, and held against what the product said at several instants.

    python3 -m oracle.year LOG.jsonl SAID.json

Standard library only. Written from docs/ (tiers, reviews, sign-offs, incidents, programme-metrics), not from src/. The exit code is 1 where
anything differs, dates by a millisecond, figures by 1e-9 of their size; and where a fault that is planted then is not found.
"""

import json
import math
import sys
import time

from .year_incidents import Record, figures
from .year_log import Log, ms
from .year_models import Programme
from .year_planted import PLANTED, faults


class Comparison:
    def __init__(self):
        self.dates = self.figures = self.states = 0
        self.problems = []

    def _note(self, at, what, ours, theirs):
        self.problems.append(f"{at} {what}: recomputed {ours!r}, said {theirs!r}")

    def date(self, at, what, ours, theirs):
        self.dates += 1
        said = None if theirs is None else ms(theirs)
        if ours != said:
            self._note(at, what, ours, said)

    def same(self, at, what, ours, theirs):
        self.states += 1
        if ours != theirs:
            self._note(at, what, ours, theirs)

    def figure(self, at, what, ours, theirs):
        self.figures += 1
        said = math.inf if theirs == "Infinity" else theirs
        if ours is None or said is None or math.isinf(ours) or math.isinf(said):
            if ours != said:
                self._note(at, what, ours, said)
        elif abs(ours - said) > 1e-9 * max(abs(ours), abs(said)):
            self._note(at, what, ours, said)


def compare_models(check, programme, said, now):
    at, models = said["at"], {each.key: each for each in programme.models.values() if not each.gone}
    check.same(at, "models under guard", sorted(models), sorted(said["models"]))
    for key in sorted(models.keys() & said["models"].keys()):
        model, status = models[key], said["models"][key]
        conditions = {each["type"]: f"{each['status']}/{each['reason']}" for each in status["conditions"]}
        check.same(at, f"tier of {key}", model.tier, status.get("tier", {}).get("inherent"))
        review, due = status.get("review", {}), programme.next_review(model)
        check.date(at, f"next review of {key}", due and due[0], review.get("next"))
        check.same(at, f"why {key} is due", due and due[1], review.get("reason") if due else None)
        check.date(at, f"last review of {key}", model.review and model.review["last"], review.get("last"))
        check.same(at, f"standing of {key}", programme.review_standing(model, now), conditions["ReviewCurrent"].split("/")[1])
        signed, missing = programme.signed_off(model, now)
        check.same(at, f"sign-off of {key}", signed, conditions["SignedOff"])
        check.same(at, f"roles missing of {key}", sorted(missing), sorted(status.get("missingSignOffs", [])))
        latest, told = programme.latest(model), {each["role"]: each for each in status.get("signOffs", [])}
        check.same(at, f"roles signed of {key}", sorted(latest), sorted(told))
        for role in latest.keys() & told.keys():
            check.same(at, f"who signed {key} in {role}", latest[role]["author"], told[role]["author"])
            check.date(at, f"sign-off of {key} in {role}", latest[role]["at"], told[role]["at"])
            check.date(at, f"end of the sign-off of {key} in {role}", latest[role]["ends"], told[role].get("expires"))
        programme.forget_approved(model, now)
        approved = {each["version"]: each for each in status.get("approvedVersions", [])}
        check.same(at, f"approved versions of {key}", sorted(model.approved), sorted(approved))
        for version in model.approved.keys() & approved.keys():
            check.date(at, f"end of version {version} of {key}", model.approved[version]["ends"], approved[version].get("expires"))


def compare_decisions(check, programme, said, now):
    at, decisions = said["at"], {f"{each['namespace']}/{each['name']}": each for each in programme.decisions.values()}
    check.same(at, "decisions", sorted(decisions), sorted(said["decisions"]))
    for key in sorted(decisions.keys() & said["decisions"].keys()):
        decision, told = decisions[key], said["decisions"][key]
        if decision["judged"] is None:
            continue
        ours = programme.accepted_now(decision, now) if told["action"] == "Accept" else decision["judged"]
        check.same(at, f"{told['action']} {key} ({told['reason']})", ours, told["status"] == "True")


def compare_incidents(check, programme, records, said, now):
    at, by_key = said["at"], {each.key: each for each in records}
    check.same(at, "incidents", sorted(by_key), sorted(said["incidents"]))
    for key in sorted(by_key.keys() & said["incidents"].keys()):
        record, told = by_key[key], said["incidents"][key]
        check.same(at, f"decisions {key} names and the log lacks", [], record.unknown)
        if record.is_handled:
            check.same(at, f"severity of {key}", record.severity, told.get("severity"))
        deadlines, theirs = record.deadlines(), {each["name"]: each for each in told["deadlines"]}
        check.same(at, f"deadlines of {key}", sorted(deadlines), sorted(theirs))
        for name in deadlines.keys() & theirs.keys():
            ours, their = deadlines[name], theirs[name]
            for field, said_field in (("due", "due"), ("warnAt", "warnAt"), ("filedAt", "filedAt")):
                check.date(at, f"{field} of {name} of {key}", ours[field], their.get(said_field))
            check.same(at, f"state of {name} of {key}", ours["state"], their["state"])
        check.same(at, f"findings of {key}", record.findings(), {each["name"]: each["state"] for each in told["findings"]})


def compare_commands(check, programme, records, said, now):
    at = said["at"]
    models = {each.key: each for each in programme.models.values() if not each.gone}
    lines = {f"{each['namespace']}/{each['name']}": each for each in said["reviews"]["models"]}
    check.same(at, "models of reviews --json", sorted(models), sorted(lines))
    for key in models.keys() & lines.keys():
        due = programme.next_review(models[key])
        check.date(at, f"reviews --json of {key}", due and due[0], lines[key]["next"])
        standing = programme.review_standing(models[key], now)
        check.same(at, f"standing in reviews --json of {key}", "Current" if standing == "Reviewed" else standing, lines[key]["standing"])
    due = {each.key: [name for name, deadline in each.deadlines().items() if deadline["filedAt"] is None] for each in records}
    open_findings = {each.key: sorted(name for name, state in each.findings().items() if state == "Open") for each in records}
    shown = [each for each in records if each.closed is None or due[each.key] or open_findings[each.key]]
    lines = {f"{each['namespace']}/{each['name']}": each for each in said["handled"]["incidents"]}
    check.same(at, "incidents of incidents --json", sorted(each.key for each in shown), sorted(lines))
    overdue = 0
    for record in records:
        overdue += sum(deadline["state"] == "Overdue" for deadline in record.deadlines().values())
        line = lines.get(record.key)
        if line is None or record not in shown:
            continue
        check.same(at, f"severity in incidents --json of {record.key}", record.severity, line["severity"])
        check.same(at, f"open in incidents --json of {record.key}", record.closed is None, line["isOpen"])
        check.same(at, f"reports in incidents --json of {record.key}", sorted(due[record.key]), sorted(each["name"] for each in line["due"]))
        check.same(at, f"findings in incidents --json of {record.key}", open_findings[record.key], sorted(line["openFindings"]))
    check.figure(at, "reports overdue in incidents --json", overdue, said["handled"]["overdue"])


def compare_figures(check, ours, said):
    at, theirs = said["at"], {each["name"]: each for each in said["metrics"]["figures"]}
    check.same(at, "figures of metrics --json", sorted(ours), sorted(theirs))
    for name in sorted(ours.keys() & theirs.keys()):
        for field, value in ours[name].items():
            if isinstance(value, dict):
                for end in ("low", "high"):
                    check.figure(at, f"{name}.{field}.{end}", value[end], (theirs[name][field] or {}).get(end))
            else:
                check.figure(at, f"{name}.{field}", value, theirs[name][field])


def series(said, name):
    return {tuple(sorted(each["labels"].items())): each["value"] for each in said["gauges"][name] if each["labels"]}


def expected_gauges(programme, records, ours, now):
    models = [each for each in programme.models.values() if not each.gone]
    due = {each.key: programme.next_review(each) for each in models}
    gauges = {name: {} for name in (
        "modelrisk_review_due_timestamp_seconds", "modelrisk_reviews_overdue", "modelrisk_sign_offs_missing", "modelrisk_incidents_open",
        "modelrisk_incident_report_due_timestamp_seconds", "modelrisk_incident_reports_overdue", "modelrisk_findings_open",
        "modelrisk_programme_time_seconds", "modelrisk_programme_time_incidents", "modelrisk_programme_share",
        "modelrisk_programme_share_population", "modelrisk_programme_events")}

    def put(name, value, add=False, **labels):
        key = tuple(sorted(labels.items()))
        gauges[f"modelrisk_{name}"][key] = value + (gauges[f"modelrisk_{name}"].get(key, 0) if add else 0)

    for model in models:
        put("sign_offs_missing", len(programme.signed_off(model, now)[1]), namespace=model.namespace, risk=model.name)
        if due[model.key] is not None:
            put("review_due_timestamp_seconds", due[model.key][0] / 1000, namespace=model.namespace, risk=model.name)
            put("reviews_overdue", int(due[model.key][0] <= now), add=True, namespace=model.namespace)
    for record in records:
        deadlines = record.deadlines()
        if record.closed is None:
            origin = "Reported" if record.report else "Operator"
            put("incidents_open", 1, add=True, namespace=record.namespace, origin=origin, severity=record.severity)
        for name, deadline in deadlines.items():
            if deadline["filedAt"] is None:
                put("incident_report_due_timestamp_seconds", deadline["due"] / 1000, namespace=record.namespace, incident=record.name, reporting=name)
        put("incident_reports_overdue", sum(each["state"] == "Overdue" for each in deadlines.values()), add=True, namespace=record.namespace)
        put("findings_open", sum(state == "Open" for state in record.findings().values()), add=True, namespace=record.namespace)
    for name, figure in ours.items():
        if "medianMs" in figure:
            for quantile, field in (("0.5", "medianMs"), ("0.9", "p90Ms")):
                if figure[field] is not None:
                    put("programme_time_seconds", figure[field] / 1000, figure=name, quantile=quantile)
            kinds = (("Over", figure["n"] - figure["censored"]), ("Censored", figure["censored"]), ("Unknown", figure["unknown"]))
            for kind, value in kinds:
                put("programme_time_incidents", value, figure=name, kind=kind)
        elif "value" in figure:
            put("programme_share_population", figure["n"], figure=name)
            if figure["value"] is not None:
                put("programme_share", figure["value"], figure=name, bound="Value")
            if figure["interval"] is not None:
                put("programme_share", figure["interval"]["low"], figure=name, bound="Low")
                put("programme_share", figure["interval"]["high"], figure=name, bound="High")
        else:
            put("programme_events", figure.get("now", figure.get("count")), figure=name)
    return gauges


def compare_gauges(check, expected, said):
    for name, ours in expected.items():
        theirs = series(said, name)
        check.same(said["at"], f"series of {name}", sorted(ours), sorted(theirs))
        for labels in ours.keys() & theirs.keys():
            check.figure(said["at"], f"{name}{dict(labels)}", ours[labels], theirs[labels])


def compare_all(check, programme, log, said):
    now = ms(said["at"])
    programme.now = now
    records = [Record(programme, log, uid, now) for uid, known in programme.incidents.items() if not known["gone"]]
    compare_models(check, programme, said, now)
    compare_decisions(check, programme, said, now)
    compare_incidents(check, programme, records, said, now)
    compare_commands(check, programme, records, said, now)
    ours = figures(programme, records, now)
    compare_figures(check, ours, said)
    compare_gauges(check, expected_gauges(programme, records, ours, now), said)
    return check


def compare(log, instants):
    """Each instant by what was seen until then; instants in order. With what was known at the last one."""
    check, programme, facts = Comparison(), Programme(), iter(log.facts)
    fact = next(facts, None)
    for said in instants:
        now = ms(said["at"])
        while fact is not None and fact["at_ms"] <= now:
            programme.see(fact)
            fact = next(facts, None)
        compare_all(check, programme, log, said)
    return check, programme


def is_found(planted, programme, log):
    """Whether a fault of what was said, or of the log, makes a difference."""
    if planted is None:
        return False
    lines, said = planted
    check = compare_all(Comparison(), programme, log, said) if lines is None else compare(Log(lines), [said])[0]
    return bool(check.problems)


def main(log_file, said_file):
    began = time.monotonic()
    with open(log_file, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.strip()]
    with open(said_file, encoding="utf-8") as file:
        instants = json.load(file)
    log = Log(lines)
    check, programme = compare(log, instants)
    for problem in check.problems[:40]:
        print(problem, file=sys.stderr)
    unseen = [name for name, planted in faults(lines, instants[-1]) if not is_found(planted, programme, log)]
    for name in unseen:
        print(f"planted, and not found: {name}", file=sys.stderr)
    models = len({fact["uid"] for fact in log.facts if fact["kind"] == "ModelRisk"})
    print(json.dumps({
        "models": models, "instants": len(instants), "lines": len(log.facts) + sum(map(len, log.entries.values())), "dueDates": check.dates,
        "figures": check.figures, "states": check.states, "disagreements": len(check.problems), "planted": PLANTED, "unseen": len(unseen),
        "seconds": round(time.monotonic() - began, 1),
    }))
    return 1 if check.problems or unseen else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
