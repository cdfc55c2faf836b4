"""Words for people."""

from agent.core.text import nearest, tolerant


def test_the_nearest_word_is_offered_and_no_far_one() -> None:
    assert nearest("camara", ["camera", "bollard"]) == '; did you mean "camera"?'
    assert nearest("xyz", ["camera", "bollard"]) == ""


def test_look_alikes_are_one_when_tolerant() -> None:
    assert tolerant("OQ0I1AB") == "00011AB"
