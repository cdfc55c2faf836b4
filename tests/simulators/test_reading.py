"""The agent reads the simulated street with its own models, without having been shown it."""

import pytest

from tests.simulators.reading import verdict


@pytest.mark.parametrize("scenario", ["street-day", "street-night"])
def test_the_shipped_models_read_most_of_what_drives_past(scenario: str) -> None:
    found = verdict(scenario, seed=5, for_s=30.0)
    assert found.passed >= 6
    assert len(found.right) >= 0.7 * found.passed, found
    assert len(found.wrong) + len(found.extra) <= 0.3 * found.passed, found
