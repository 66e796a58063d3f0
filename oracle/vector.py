"""What a topic is made of: vectors of input and expected value, written with full double precision."""

import math
from fractions import Fraction

import numpy as np


def vector(kind, name, input, expected, published=None):
    """One golden vector. `published` maps a path in `expected` to a figure as the research printed it."""
    made = {"kind": kind, "name": name, "input": plain(input), "expected": plain(expected)}
    if published is not None:
        made["published"] = published
    return made


def plain(value):
    """JSON without NaN: infinities are the strings "Infinity" and "-Infinity", what is undefined is None."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating, Fraction)):
        return finite_or_named(float(value))
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(each) for each in value]
    raise TypeError(f"{type(value)} has no place in a golden vector")


def finite_or_named(number):
    if math.isnan(number):
        raise ValueError("NaN is no expected value: say None where a figure is undefined")
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def ratio(numerator, denominator):
    """The quotient, or None where it is undefined."""
    return None if denominator == 0 else numerator / denominator


def require_close(one, other, relative, what):
    """Two ways to the same figure must agree, or nothing is written."""
    if abs(one - other) > relative * max(abs(one), abs(other)):
        raise ArithmeticError(f"{what}: {one!r} and {other!r} differ")
