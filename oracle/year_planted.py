"""Faults a comparison has to find: one thing at a time is made wrong in what the product said, or in the log."""

import copy

from .year_log import ms

PLANTED = 10


def later(text):
    """The same time, a millisecond on."""
    whole, _, rest = text.rstrip("Z").partition(".")
    return f"{whole}.{int(rest or 0) + 1:03d}Z"


def first(of):
    return next(iter(of), None)


def shallow(line):
    """What is changed below is no deeper than a fact's own fields."""
    return {**line, "fact": dict(line["fact"])} if "fact" in line else line


def faults(lines, said):
    """(name, (lines, said)) each; None for lines: as they are; None in place of both: there is nothing to plant it in."""
    facts = [line["fact"] for line in lines if "fact" in line]

    def saying(change, where):
        if where is None:
            return None
        changed = copy.deepcopy(said)
        change(changed, where)
        return None, changed

    def logging(change, where):
        if where is None:
            return None
        return [line for line in map(shallow, lines) if change(line, where)], said

    def next_review(changed, key):
        changed["models"][key]["review"]["next"] = later(changed["models"][key]["review"]["next"])

    def sign_off_end(changed, key):
        each = first(each for each in changed["models"][key]["signOffs"] if "expires" in each)
        each["expires"] = later(each["expires"])

    def deadline(changed, key):
        each = changed["incidents"][key]["deadlines"][0]
        each["due"] = later(each["due"])

    def figure(changed, index):
        changed["metrics"]["figures"][index]["value"] *= 1 + 1e-6

    def gauge(changed, name):
        changed["gauges"][name][0]["value"] += 1

    def without_decision(line, name):
        return line.get("fact", {}).get("name") != name

    def without_entries(line, uid):
        return "entry" not in line or line["uid"] != uid

    def without_model(line, uid):
        return line.get("fact", {}).get("uid") != uid

    def other_interval(line, _):
        if line.get("fact", {}).get("kind") == "RiskPolicy":
            line["fact"]["content"] = copy.deepcopy(line["fact"]["content"])
            for tier in line["fact"]["content"]["spec"]["tiers"]:
                if "reviewEverySeconds" in tier:
                    tier["reviewEverySeconds"] += 1
        return True

    def later_version(line, uid):
        if line.get("fact", {}).get("uid") == uid:
            line["fact"]["at"] = later(line["fact"]["at"])
        return True

    reviewed = [key for key, status in said["models"].items() if status.get("review", {}).get("reason") == "Cadence"]
    by_version = [key for key, status in said["models"].items() if status.get("review", {}).get("reason") == "NewVersion"]
    signed = [key for key, status in said["models"].items() if any("expires" in each for each in status.get("signOffs", []))]
    due = [key for key, incident in said["incidents"].items() if incident["deadlines"]]
    shares = [index for index, each in enumerate(said["metrics"]["figures"]) if each.get("value")]
    last_review = said["models"][reviewed[0]]["review"]["decision"] if reviewed else None
    uid_of = lambda key: None if key is None else [fact["uid"] for fact in facts if fact["kind"] == "ModelRisk" and f"{fact['namespace']}/{fact['name']}" == key][-1]
    opened = [fact["uid"] for fact in facts if fact["kind"] == "RiskIncident" and ms(said["at"]) - ms(fact["content"]["spec"]["openedAt"]) < 80 * 86_400_000]
    yield "a review is due a millisecond later", saying(next_review, first(reviewed))
    yield "a sign-off ends a millisecond later", saying(sign_off_end, first(signed))
    yield "a report is due a millisecond later", saying(deadline, first(due))
    yield "a share is a millionth off", saying(figure, first(shares))
    yield "a gauge says one more", saying(gauge, "modelrisk_sign_offs_missing")
    yield "the review that counts is not in the log", logging(without_decision, last_review)
    yield "the entries of an incident are not in the log", logging(without_entries, first(opened))
    yield "a model is not in the log", logging(without_model, uid_of(first(reviewed)))
    yield "reviews are asked for a second later", logging(other_interval, first(reviewed))
    yield "a version was seen a millisecond later", logging(later_version, uid_of(first(by_version)))
