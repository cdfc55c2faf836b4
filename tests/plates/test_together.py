"""Duties that rely on a plate duty are held against it when the file is checked."""

import pytest

from agent.config import Problems, parse
from agent.registry import Registry

FILE = """
[node]
id = "pole-017"
org = "ceuta"
place = { lat = 35.8883, lon = -5.3062 }
[broker]
host = "centre.example"
[camera.gate]
kind = "pictures"
path = "pictures"
[camera.other]
kind = "pictures"
path = "pictures"
[duty.plates]
camera = "gate"
purpose = "traffic"
[duty.traffic]
camera = "gate"
plates = "plates"
[[duty.traffic.lane]]
name = "inbound"
heading = "approaching"
near = { corners = [[0.2, 0.5], [0.5, 0.5], [0.4, 0.8], [0.1, 0.8]] }
[duty.traffic.journey]
zone = "marina"
gate = "north"
keys = "keys"
"""

LISTS = """
[duty.access]
camera = "gate"
list = "marina.csv"
time_zone = "Europe/Madrid"
[duty.watch-list]
camera = "gate"
list = "stolen.csv"
purpose = "trial"
"""


def problems(text: str) -> list[str]:
    try:
        parse(text.encode(), "sereno.toml", Registry())
    except Problems as told:
        return [str(problem) for problem in told.problems]
    return []


@pytest.mark.parametrize("purpose", ["traffic", "trial"])
def test_journeys_of_a_duty_that_reads_for_traffic_are_right(purpose: str) -> None:
    assert problems(FILE.replace('purpose = "traffic"', f'purpose = "{purpose}"')) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'plates = "plates"',
            'plates = "plate"',
            (
                "duty.traffic.plates: no duty 'plate' reads the plates of camera gate; there are: "
                'plates; did you mean "plates"?'
            ),
        ),
        (
            'plates = "plates"',
            'plates = "traffic"',  # a duty, and of another kind
            (
                "duty.traffic.plates: no duty 'traffic' reads the plates of camera gate; "
                "there are: plates"
            ),
        ),
        (
            'camera = "gate"\npurpose',
            'camera = "other"\npurpose',
            (
                "duty.traffic.plates: no duty 'plates' reads the plates of camera gate; there are: "
                "none"
            ),
        ),
        (
            'purpose = "traffic"',
            'purpose = "access-control"',
            (
                "duty.traffic.journey: duty plates reads for access-control, which is never "
                "tagged; expected one that reads for traffic or trial"
            ),
        ),
    ],
)
def test_a_traffic_duty_whose_plates_cannot_come_is_refused(old: str, new: str, words: str) -> None:
    assert problems(FILE.replace(old, new)) == [words]


def test_lists_whose_plates_nobody_reads_are_refused() -> None:
    told = problems(FILE + LISTS)
    assert told == [
        (
            "duty.access.camera: no duty reads the plates of camera gate for access-control; "
            'expected a duty of kind plates with camera = "gate" and purpose = "access-control"'
        ),
        (
            "duty.watch-list.camera: no duty reads the plates of camera gate for trial; expected "
            'a duty of kind plates with camera = "gate" and purpose = "trial"'
        ),
    ]
    more = '[duty.entry]\nkind = "plates"\ncamera = "gate"\npurpose = "access-control"\n'
    trial = more.replace("entry", "look").replace("access-control", "trial")
    assert problems(FILE + LISTS + more + trial) == []
    twice = more.replace("duty.entry", "duty.second")
    [problem] = problems(FILE + LISTS + more + trial + twice)
    assert problem.startswith("duty.access.camera: entry and second read the same plates for")


def test_lanes_have_one_name() -> None:
    site = (
        '[duty.plates.site]\npicture = [1280, 720]\n[[duty.plates.site.lane]]\nname = "in"\n'
        "corners = [[0, 0], [600, 0], [600, 700]]\n"
    )
    assert problems(FILE + site) == [
        "duty.traffic.lane: duty plates knows no lane inbound; expected its names, which are in"
    ]
    assert problems(FILE + site.replace('"in"', '"inbound"')) == []
