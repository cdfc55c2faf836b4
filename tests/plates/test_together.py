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


def test_a_watch_list_reader_without_its_list_is_refused() -> None:
    alone = FILE.replace('purpose = "traffic"', 'purpose = "watch-list"').partition(
        "[duty.traffic]"
    )[0]
    assert problems(alone) == [
        (
            "duty.plates.purpose: nothing is told of vehicles read for watch-list, and no duty "
            'compares them; expected a duty of kind watch-list with camera = "gate" too'
        )
    ]
    watch = '[duty.watch-list]\ncamera = "gate"\nlist = "stolen.csv"\npurpose = "watch-list"\n'
    assert problems(alone + watch) == []


def test_two_lanes_do_not_count_in_one_place() -> None:
    second = (
        '[[duty.traffic.lane]]\nname = "outbound"\nheading = "leaving"\n'
        "near = { corners = [[0.2, 0.5], [0.5, 0.5], [0.4, 0.75], [0.1, 0.8]] }\n"
    )
    both = FILE.replace("[duty.traffic.journey]", second + "[duty.traffic.journey]")
    [problem] = problems(both)
    assert problem.startswith(
        "duty.traffic.lane: the near zones of lanes inbound and outbound have"
    )
    beside = both.replace(
        "[[0.2, 0.5], [0.5, 0.5], [0.4, 0.75], [0.1, 0.8]]",
        "[[0.5, 0.5], [0.8, 0.5], [0.8, 0.8], [0.4, 0.8]]",
    )
    assert problems(beside) == []


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("unsure = 1.0", "unsure"),
        ("agreeing = 32", "agreeing"),
        (f"regions = [{{ polygon = {[[n / 99, (n % 2) / 2] for n in range(65)]} }}]", "regions"),
        ("site.road.points = [{ picture = [1, 1], road_m = [inf, 0] }]", "site.road.points"),
    ],
)
def test_settings_under_which_nothing_can_be_read_are_refused(keys: str, place: str) -> None:
    told = problems(FILE.replace('purpose = "traffic"', f'purpose = "traffic"\n{keys}'))
    assert len(told) == 1
    assert told[0].startswith(f"duty.plates.{place}")


def test_masks_leave_something_to_look_at() -> None:
    keys = (
        'pose = "pose.toml"\nregions = [{ polygon = [[0, 0], [0.4, 0], [0.4, 0.4], [0, 0.4]] }]\n'
    )
    mask = 'masks = [{ name = "yard", polygon = [[0, 0], [W, 0], [W, 0.5], [0, 0.5]] }]'
    whole = keys + mask.replace("W", "0.5")
    told = problems(FILE.replace('purpose = "traffic"', f'purpose = "traffic"\n{whole}'))
    assert told == ["duty.plates.masks: they cover the regions; expected a part left to look at"]
    part = keys + mask.replace("W", "0.3")
    assert problems(FILE.replace('purpose = "traffic"', f'purpose = "traffic"\n{part}')) == []
