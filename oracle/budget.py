"""What is left of an error budget, from the readings themselves: each stretch of time is laid out by itself and clipped to the window, in exact fractions."""

from fractions import Fraction

import numpy as np

from .vector import vector

GOOD, BAD = ("Ok", "Warn"), ("Breach",)
DAY = 86_400_000


def vectors():
    for name, case in [*told(), *((f"drawn {seed}", drawn(np.random.default_rng(700 + seed))) for seed in range(24))]:
        yield vector("budget", name, case, [budget(case, at) for at in case["momentsMs"]])


def story(terms, moments, target=99, window_days=7, interval=60_000):
    """`terms`: of each process that led, until when it did and runs of (first, count, verdict), one reading an interval."""
    listed = [{"untilMs": until, "runs": [{"firstMs": first, "count": count, "verdict": verdict} for first, count, verdict in runs]} for until, runs in terms]
    return {"targetPercent": target, "windowSeconds": window_days * 86_400, "intervalMs": interval, "terms": listed, "momentsMs": moments}


def told():
    minute = 60_000
    yield "an hour of good readings", story([(DAY, [(0, 61, "Ok")])], [0, 30 * minute, 60 * minute])
    yield "a breach of ten minutes in a day", story([(DAY, [(0, 720, "Ok"), (720 * minute, 10, "Breach"), (730 * minute, 710, "Warn")])], [DAY - minute])
    yield "nothing that could be judged", story([(DAY, [(0, 100, "NoData"), (100 * minute, 20, "Error"), (120 * minute, 9, "Insufficient")])], [DAY])
    yield "readings that stop", story([(DAY, [(0, 30, "Breach")])], [29 * minute, 30 * minute, 31 * minute, 32 * minute, 100 * minute])
    yield "a hole of two intervals, and one of three", story([(DAY, [(0, 10, "Ok"), (11 * minute, 10, "Breach"), (23 * minute, 10, "Ok")])], [33 * minute])
    yield "a process that follows at once", story([(600_500, [(0, 11, "Ok")]), (DAY, [(640_000, 11, "Ok")])], [1_200_000])
    yield "nobody leads for an hour", story([(600_500, [(0, 11, "Breach")]), (DAY, [(600_500 + 60 * minute, 11, "Ok")])], [600_500 + 60 * minute + 600_000])
    yield "an older breach leaves the window", story([(9 * DAY, [(0, 60, "Breach"), (60 * minute, 8 * 1440, "Ok")])], [6 * DAY, 7 * DAY, 7 * DAY + 30 * minute, 8 * DAY])


def drawn(rng):
    """Some days of a model that flaps now and then, is blind now and then, and whose operator ends now and then. At most 30 changes: none is summed yet."""
    interval = int(rng.choice([15_000, 60_000, 300_000]))
    window = int(rng.choice([7, 14, 30]))
    at, terms, changes = int(rng.integers(0, DAY)), [], 0
    while changes < 26:
        runs = []
        for _ in range(int(rng.integers(1, 6))):
            count = int(rng.exponential(0.3 * DAY / interval)) + 1
            runs.append((at, count, str(rng.choice(["Ok", "Ok", "Warn", "Breach", "NoData", "Error", "Insufficient"]))))
            at += count * interval + (int(rng.integers(1, 6 * interval)) if rng.random() < 0.2 else 0)
            changes += 2
        until = at - interval + int(rng.integers(0, interval))
        terms.append((max(until, runs[-1][0] + (runs[-1][1] - 1) * interval), runs))
        at = until + int(rng.integers(1, interval)) if rng.random() < 0.5 else until + int(rng.exponential(DAY / 4)) + 3 * interval
        changes += 2
    end = terms[-1][0]
    moments = sorted(int(end + each) for each in rng.integers(0, window * DAY, 4))
    return story(terms, [end, *moments], float(rng.choice([50, 90, 99, 99.9])), window, interval)


def stretches(case, now):
    """(from, to, verdict): a reading counts until the next one, for two intervals at most, and no longer than somebody led."""
    interval = case["intervalMs"]
    readings = [(run["firstMs"] + place * interval, run["verdict"], number, term["untilMs"])
                for number, term in enumerate(case["terms"]) for run in term["runs"] for place in range(run["count"])]
    for place, (at, verdict, number, until) in enumerate(readings):
        end = at + 2 * interval
        following = readings[place + 1] if place + 1 < len(readings) else None
        if following and following[2] == number:
            end = min(end, following[0])
        elif following and following[0] <= until + interval and until <= end:
            # Who follows within an interval goes on where the last one ended.
            end = following[0]
        else:
            end = min(end, until)
        if at < now:
            yield at, min(end, now), verdict


def budget(case, now):
    begin = now - case["windowSeconds"] * 1000
    good = bad = 0
    for start, end, verdict in stretches(case, now):
        ms = max(0, end - max(start, begin))
        good += ms if verdict in GOOD else 0
        bad += ms if verdict in BAD else 0
    judged = good + bad
    allowed = (100 - Fraction(str(case["targetPercent"]))) / 100
    return {"left": None if judged == 0 else 1 - Fraction(bad, judged) / allowed, "badSeconds": Fraction(bad, 1000), "judgedSeconds": Fraction(judged, 1000)}
