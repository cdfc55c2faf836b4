"""How many plates of a series are still on the road, from the years in which it was issued.

A plate lives as long as its car. Cars live 18.1 years on average in western Europe and 28.4 in
eastern (Held et al., "Lifespans of passenger cars in Europe", European Transport Research Review
13:9, 2021); ages at the end are spread as Weibull found them for machines.
"""

from functools import cache
from math import exp, gamma

SPREAD = 3.0
"""Weibull's shape: 3 has few cars die young and few grow very old, as in the study's figures."""

CLASSICS = 0.005
"""One car in 200 is kept whatever its age."""

OLDEST_YEARS = 100


def alive(since: str | None, until: str | None, edition: str, life_years: float) -> float:
    """Return which share of all vehicles of the day `edition` got their plate in this window.

    As many plates are taken to be issued in every year. Days are those of `Format`; None is ever.
    """
    today = year(edition)
    youngest = max(today - (today if until is None else year(until, end=True)), 0.0)
    oldest = OLDEST_YEARS if since is None else max(today - year(since), 0.0)
    return _share(round(youngest, 2), round(max(oldest, youngest), 2), life_years)


def year(day: str, *, end: bool = False) -> float:
    """Return a day as years and their fraction: the first of a month or year, or its end."""
    whole, month, date = (*map(int, day.split("-")), 0, 0)[:3]
    if not month:
        return whole + end
    if not date:
        return whole + (month - 1 + end) / 12
    return whole + (month - 1) / 12 + (date - 1 + end) / 365


@cache
def _share(youngest: float, oldest: float, life_years: float) -> float:
    edges = [0.0, *(y for y in (youngest, oldest) if y > 0), float(OLDEST_YEARS)]
    steps = sorted({*edges, *map(float, range(OLDEST_YEARS))})
    spans = [(a, b, (b - a) * _lives((a + b) / 2, life_years)) for a, b in zip(steps, steps[1:])]  # noqa: B905, RUF007
    whole = sum(lives for _, _, lives in spans)
    return sum(lives for a, b, lives in spans if a >= youngest and b <= oldest) / whole


def _lives(age_years: float, life_years: float) -> float:
    scale = life_years / gamma(1 + 1 / SPREAD)
    return (1 - CLASSICS) * exp(-((age_years / scale) ** SPREAD)) + CLASSICS
