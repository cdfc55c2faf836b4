"""How many plates of a series are still on the road, from the years in which it was issued.

A plate lives as long as its car. Cars live 18.1 years on average in western Europe and 28.4 in
eastern (Held et al., "Lifespans of passenger cars in Europe", European Transport Research Review
13:9, 2021); ages at the end are spread as Weibull found them for machines.
"""

from functools import cache
from itertools import accumulate
from math import exp, gamma

SPREAD = 3.0
"""Weibull's shape: 3 has few cars die young and few grow very old, as in the study's figures."""

CLASSICS, CLASSICS_YEARS = 0.02, 25.0
"""One car in 50 is kept beyond its time, half of them for another 17 years. An assumption."""

OLDEST_YEARS = 100


def alive(since: str | None, until: str | None, edition: str, life_years: float) -> float:
    """Return which share of all vehicles of the day `edition` got their plate in this window.

    As many plates are taken to be issued in every year. Days are those of `Format`; None is ever.
    """
    today = year(edition)
    youngest = max(today - (today if until is None else year(until, end=True)), 0.0)
    oldest = OLDEST_YEARS if since is None else max(today - year(since), 0.0)
    return _younger(max(oldest, youngest), life_years) - _younger(youngest, life_years)


def year(day: str, *, end: bool = False) -> float:
    """Return a day as years and their fraction: the first of a month or year, or its end."""
    whole, month, date = (*map(int, day.split("-")), 0, 0)[:3]
    if not month:
        return whole + end
    if not date:
        return whole + (month - 1 + end) / 12
    return whole + (month - 1) / 12 + (date - 1 + end) / 365


@cache
def _grown(life_years: float) -> tuple[float, ...]:
    """Return for each age in years how many vehicles are that old or younger."""
    scale = life_years / gamma(1 + 1 / SPREAD)
    middles = [age + 0.5 for age in range(OLDEST_YEARS)]
    kept = (CLASSICS * exp(-age / CLASSICS_YEARS) for age in middles)
    lives = ((1 - CLASSICS) * exp(-((age / scale) ** SPREAD)) for age in middles)
    return (0.0, *accumulate(a + b for a, b in zip(lives, kept, strict=True)))


def _younger(age_years: float, life_years: float) -> float:
    """Return the share of vehicles that are younger than an age."""
    grown = _grown(life_years)
    whole = min(int(age_years), OLDEST_YEARS - 1)
    part = min(age_years, OLDEST_YEARS) - whole
    return (grown[whole] + part * (grown[whole + 1] - grown[whole])) / grown[-1]
