"""Writes one JSON file a topic: python -m oracle FOLDER [TOPIC...]. `npm run oracle` calls it."""

import importlib
import importlib.metadata
import json
import platform
import sys
from pathlib import Path

# Topic, and the packages its figures come from.
TOPICS = {
    "anomaly": ("numpy", "scipy", "pandas"),
    "backlog": ("numpy",),
    "budget": ("numpy",),
    "burn-rate": ("scipy",),
    "calibration": ("numpy", "scipy", "statsmodels", "scikit-learn"),
    "detectable": ("numpy", "scipy"),
    "divergences": ("numpy", "scipy", "mpmath"),
    "fairness": ("numpy", "fairlearn", "scikit-learn"),
    "false-alarms": ("numpy", "scipy"),
    "histogram": ("numpy", "mpmath"),
    "impact": ("numpy", "scipy"),
    "likelihood": ("scipy",),
    "multiplicity": ("numpy", "statsmodels"),
    "noise": ("numpy", "scipy"),
    "performance": ("numpy", "scikit-learn", "statsmodels"),
    "programme": ("numpy", "scipy", "statsmodels"),
    "proportions": ("numpy", "scipy", "statsmodels"),
    "sequential": ("numpy", "scipy"),
    "simulation": ("numpy",),
}


def main(folder, *asked):
    for topic in asked or TOPICS:
        module = importlib.import_module(f"oracle.{topic.replace('-', '_')}")
        software = {"python": ".".join(platform.python_version_tuple()[:2])}
        software |= {package: importlib.metadata.version(package) for package in TOPICS[topic]}
        golden = {"software": software, "vectors": list(module.vectors())}
        Path(folder, f"{topic}.json").write_text(json.dumps(golden, allow_nan=False), encoding="utf-8")


main(*sys.argv[1:])
