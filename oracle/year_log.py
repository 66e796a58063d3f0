"""Reads an export of the audit sink: facts in the order they were seen, entries of records, each once."""

from datetime import datetime, timezone

ORDER = ["Critical", "High", "Medium", "Low"]


def ms(text):
    """Milliseconds since 1970 of an RFC 3339 time in UTC."""
    shape = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    delta = datetime.strptime(text, shape).replace(tzinfo=timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


class Log:
    """facts: dicts with `at_ms`, oldest first. entries: by uid of the incident, in the order of the record."""

    def __init__(self, lines):
        seen, facts, entries = set(), [], {}
        for line in lines:
            if line["id"] in seen:
                continue
            seen.add(line["id"])
            if "fact" in line:
                facts.append(line["fact"])
            else:
                entries.setdefault(line["uid"], []).append(line["entry"])
        self.facts = sorted(facts, key=lambda fact: (fact["run"], fact["seq"]))
        for fact in self.facts:
            fact["at_ms"] = ms(fact["at"])
        self.entries = {uid: sorted(all_of, key=lambda entry: entry["seq"]) for uid, all_of in entries.items()}
        for all_of in self.entries.values():
            for entry in all_of:
                entry["at_ms"] = ms(entry["at"])


def contributed(contributors, author):
    return author in [each.replace("%2C", ",").replace("%25", "%") for each in contributors.split(",")]
