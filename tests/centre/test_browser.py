"""The page in Debian's Chromium: live, inert to injection, honest, and fit for a phone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.broker import Mosquitto
from tests.centre.chromium import DESKTOP, PHONE, Browser, installed
from tests.centre.conftest import absent
from tests.centre.contract import birth, duty, gap, health, passage, record
from tests.centre.node import Node
from tests.centre.process import Centre

pytestmark = [pytest.mark.browser, pytest.mark.broker]

PASSAGES = "plates.passage"
EVIL = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>\'"&amp;'


@pytest.fixture
def centre(mosquitto: Mosquitto, path: Path) -> Iterator[Centre]:
    running = Centre(f"127.0.0.1:{mosquitto.port}", path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def size() -> tuple[int, int]:
    return DESKTOP


both_sizes = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def browser(tmp_path: Path, size: tuple[int, int], centre: Centre) -> Iterator[Browser]:
    if not installed():
        absent("no Chromium with its driver: make ci-deps")
    opened = Browser(tmp_path / "profile", size)
    try:
        opened.open(centre.address)
        opened.until(lambda: opened.text("#line") == "live", "the page to be live")
        yield opened
        assert opened.script("return document.documentElement.scrollWidth") <= size[0]
        asked = [each for each in opened.requests() if each.startswith(("http", "ws"))]
        assert [each for each in asked if not each.startswith(centre.address)] == []
    finally:
        opened.close()


@pytest.fixture
def node(mosquitto: Mosquitto) -> Iterator[Node]:
    with Node(mosquitto.port) as speaking:
        speaking.say("birth", birth())
        speaking.say("state", {"state": "ready", "session": 12})
        speaking.say("duties", {"duties": [duty()]})
        speaking.say("health", health())
        yield speaking


@both_sizes
def test_a_passage_appears_live_without_a_reload(browser: Browser, node: Node) -> None:
    browser.script("window.sameDocument = true")
    node.send(record(1, passage("0000BBB"), stream=PASSAGES), stream=PASSAGES)
    browser.until(lambda: browser.all(".passage"), "the passage")
    label = browser.all(".passage .plate")[0].get_attribute("aria-label")
    assert label == "Plate 0000BBB, Spain"
    node.send(record(2, passage("0001BBB"), stream=PASSAGES), stream=PASSAGES)
    browser.until(lambda: len(browser.all(".passage.fresh")) == 1, "the second passage")
    assert "0001BBB" in str(browser.all(".passage .plate")[0].get_attribute("aria-label"))
    assert browser.script("return window.sameDocument") is True
    assert browser.complaints() == []


def test_doubtful_characters_look_doubtful(browser: Browser, node: Node) -> None:
    sure = [["0", 0.99], ["B", 0.7], ["1", 0.3]]
    node.send(record(1, passage("0B1", characters=sure), stream=PASSAGES), stream=PASSAGES)
    browser.until(lambda: browser.all(".place"), "the plate")
    levels = [str(each.get_attribute("class")) for each in browser.all(".place")]
    assert levels == ["place sure", "place unsure", "place doubt"]
    label = str(browser.all(".plate")[0].get_attribute("aria-label"))
    assert label.endswith("in doubt: B 70 %, 1 30 %")


def test_a_hashed_plate_is_shown_as_hashed(browser: Browser, node: Node) -> None:
    hashed = passage(None, raw=None, characters=[], hash="9f8e7d6c5b4a3928")
    node.send(record(1, hashed, stream=PASSAGES), stream=PASSAGES)
    browser.until(lambda: browser.all(".passage"), "the passage")
    assert "keyed hash only" in str(browser.all(".plate")[0].get_attribute("aria-label"))
    assert "hashed: its purpose" in browser.text(".passage")


@both_sizes
def test_what_a_node_says_stays_text(browser: Browser, node: Node) -> None:
    node.say("birth", birth(place={"lat": 1.0, "lon": 2.0, "note": EVIL}, org=EVIL))
    blind = duty("blind", name=EVIL, reason=EVIL, words=EVIL, remedy=EVIL)
    node.say("duties", {"duties": [blind]})
    node.say("health", health(parts={EVIL: {"state": "fault", "cause": EVIL}}))
    alarm = {"id": "x", "state": "raised", "severity": "critical", "words": EVIL, "remedy": EVIL}
    node.say("alarm/x", alarm)
    told = passage(EVIL[:14], EVIL, raw=EVIL, alternatives=[[EVIL, 0.5]]) | {"camera": EVIL}
    node.send(record(1, told, subject=EVIL, purpose=EVIL, stream=PASSAGES), stream=PASSAGES)
    node.send(gap(5, 2, 4, words=EVIL), stream="gap")
    node.send(record(6, dclass=EVIL), record(7, dataschema=EVIL), stream="street.test")
    browser.until(lambda: browser.all(".passage"), "the passage")
    browser.until(lambda: len(browser.all(".fault")) == 3, "the gap and the refusals")
    assert "<script>window.harmed=1</script>" in browser.text("#troubles")
    assert browser.script("return window.harmed ?? null") is None
    assert [each.get_attribute("class") for each in browser.all("img")] == ["mark"]
    assert len(browser.all("script")) == 1
    assert browser.complaints() == []  # a blocked script would be one


@both_sizes
def test_a_lost_node_turns_red_and_late_wills_do_not(browser: Browser, node: Node) -> None:
    browser.until(lambda: browser.all("#node-pole-017.good"), "a good node")
    browser.until(lambda: browser.text("#verdict-words") == "All is well.", "peace")
    node.say("state", {"state": "lost", "session": 11})  # the will of an earlier session
    node.say("duties", {"duties": [duty("degraded", words="dusk")]})
    browser.until(lambda: browser.all("#node-pole-017.warn"), "the degraded duty")
    node.say("state", {"state": "lost", "session": 12})
    browser.until(lambda: browser.all("#node-pole-017.bad"), "a lost node")
    assert browser.all(".marker.bad")
    assert browser.text("#verdict-words") == "1 node cannot be heard."
    assert browser.all("#verdict.bad")


def test_a_blind_duty_says_why_and_what_to_do(browser: Browser, node: Node) -> None:
    blind = duty("blind", reason="no-model", words="There is no model.", remedy="Install one.")
    node.say("duties", {"duties": [blind]})
    browser.until(lambda: "1 duty is blind" in browser.text("#verdict-words"), "the verdict")
    card = browser.text("#node-pole-017")
    assert "There is no model." in card
    assert "What to do: Install one." in card


def test_what_is_missing_is_shown_with_its_cause(browser: Browser, node: Node) -> None:
    node.send(gap(9, 1, 8, cause="age"), stream="gap")
    browser.until(lambda: browser.all(".fault.bad"), "the gap")
    words = browser.text(".fault")
    assert "8 sample records missing" in words
    assert "kept on the node as long as they may be" in words


def test_the_page_says_when_the_centre_has_lost_its_broker(
    browser: Browser, mosquitto: Mosquitto
) -> None:
    mosquitto.kill()
    browser.until(lambda: "This centre hears nobody" in browser.text("#verdict-words"), "the words")
    assert browser.text("#line").startswith("no broker")
    assert "stale" in browser.script("return document.body.className")


def test_the_page_says_when_it_has_lost_the_centre_and_finds_it_again(
    browser: Browser, node: Node, centre: Centre, mosquitto: Mosquitto, path: Path
) -> None:
    port = centre.address.rstrip("/").rpartition(":")[2]
    centre.kill()
    browser.until(lambda: browser.text("#line") == "centre not reached", "the words")
    assert "This page hears nothing" in browser.text("#verdict-words")
    again = Centre(f"127.0.0.1:{mosquitto.port}", path, "--http", port)
    again.start()
    try:
        browser.until(lambda: browser.text("#line") == "live", "the page to be live again")
        node.send(record(1, passage(), stream=PASSAGES), stream=PASSAGES)
        browser.until(lambda: browser.all(".passage"), "the passage")
    finally:
        again.kill()


@both_sizes
def test_traffic_is_shown_by_the_minute_and_a_minute_not_seen_is_no_quiet_one(
    browser: Browser, node: Node, size: tuple[int, int]
) -> None:
    counts: list[int | None] = [8, 9, 12, None, 0, 7, 14, 3, 11]
    minutes = [lane_minute(n, count) for n, count in enumerate(counts)]
    node.send(
        *(minute_record(n + 1, data) for n, data in enumerate(minutes)), stream="traffic.minute"
    )
    browser.until(lambda: len(browser.all(".spark rect")) == len(counts), "the lane")
    kinds = [str(each.get_attribute("class")) for each in browser.all(".spark rect")]
    assert kinds == [*["seen"] * 3, "unseen", *["seen"] * 3, "few", "seen"]
    words = browser.text(".lane")
    assert "gate/inbound" in words
    assert "11 vehicles · 43 km/h · headway 4.2 s · 9 % occupied" in words
    if folder := os.environ.get("SERENO_PICTURES"):
        browser.picture(Path(folder) / f"centre-traffic-{size[0]}.png")
    assert browser.complaints() == []


def lane_minute(number: int, vehicles: int | None) -> dict[str, object]:
    few, seen = vehicles in (1, 2, 3, 4), vehicles is not None
    return {
        "lane": "inbound",
        "heading": "approaching",
        "start": f"2026-11-22T09:{30 + number}:00Z",
        "for_s": 60,
        "observed_s": 60.0 if seen else 0.0,
        "synced": True,
        "vehicles": None if few else vehicles,
        "few": few,
        "classes": None,
        "by_plate_only": None,
        "read_pct": 91.0 if seen and not few else None,
        "occupancy_pct": 9.0 if seen else None,
        "headway_s": 4.2 if seen and not few else None,
        "speed_m_s": 12.0 if seen and not few else None,
        "flow": "free" if seen else "unknown",
    }


def minute_record(sequence: int, data: dict[str, object]) -> dict[str, object]:
    return record(
        sequence,
        data,
        stream="traffic.minute",
        subject="gate/inbound",
        purpose="traffic",
        dclass="sample",
    )


@both_sizes
def test_a_crowd_of_nodes_and_passages_fits(
    browser: Browser, node: Node, mosquitto: Mosquitto, size: tuple[int, int]
) -> None:
    for number in range(12):
        name = f"pole-with-a-very-long-name-that-has-no-end-{number:02}"
        place = {"lat": 35.88 + number / 900, "lon": -5.32 + (number % 4) / 90, "note": "x" * 90}
        with Node(mosquitto.port, name) as other:
            other.say("birth", birth(name, place=place))
            other.say("state", {"state": "ready", "session": 12})
            other.say("duties", {"duties": [duty("blind", words="w" * 200, remedy="r" * 200)]})
    wide = passage("WWWWWWWWWWWWWW")
    for first in range(1, 121, 20):
        numbers = range(first, first + 20)
        node.send(*(record(n, wide, stream=PASSAGES) for n in numbers), stream=PASSAGES)
    browser.until(lambda: len(browser.all(".node")) == 13, "every node")
    browser.until(lambda: len(browser.all(".passage")) == 60, "the newest passages")
    assert len(browser.all(".marker")) == 13
    if folder := os.environ.get("SERENO_PICTURES"):
        browser.picture(Path(folder) / f"centre-crowd-{size[0]}.png")
    assert browser.complaints() == []
