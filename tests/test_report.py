"""What the node reports: a newer proof of sight alone is no news more than once a period."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from agent.core.clock import Stamp
from agent.core.duty import DutyState, Performance
from agent.core.supervise import Health, ServiceState
from agent.report import Report, Watched
from agent.telemetry.duties import Duties

START = datetime(2030, 1, 1, tzinfo=UTC)


def stamp(seconds: float) -> Stamp:
    return Stamp(seconds, START + timedelta(seconds=seconds), synced=True)


def test_a_newer_proof_alone_is_told_once_a_period() -> None:
    said: list[Any] = []
    seen = DutyState(Performance.PERFORMING, "", "", stamp(0), "", proof=stamp(0))
    now = {"state": seen}
    duty = SimpleNamespace(name="plates", state=lambda: now["state"])
    ready = ServiceState(Health.READY, stamp(0), "")
    parts: Any = SimpleNamespace(
        node=SimpleNamespace(health_s=60.0),
        states={"plates": ready},
        say=said.append,
        tell=lambda _words: None,
    )
    report = Report(
        config=parts, clock=parts, supervisor=parts, services=(), outbox=parts, uplink=parts,
        duties=(Watched(cast("Any", duty), ()),), models={}, resources=parts, manager=parts,
        changed=parts,
    )  # fmt: skip
    for second in range(150):
        now["state"] = replace(seen, proof=stamp(second))
        report._tell()
    told = [word.duties[0].proof for word in said if isinstance(word, Duties)]
    assert list(dict.fromkeys(told)) == [stamp(s).utc for s in (0, 60, 120)]
    now["state"] = replace(seen, performance=Performance.BLIND, proof=stamp(150))
    report._tell()
    word = next(word for word in reversed(said) if isinstance(word, Duties))
    assert word.duties[0].proof == stamp(150).utc, "a change is told with its own proof, at once"
