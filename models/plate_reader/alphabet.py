"""The reader's classes: no character, then digits, then letters."""

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANK = 0
"""The class that says: no new character at this step (CTC, Graves et al. 2006)."""


def classes(text: str) -> list[int]:
    """Return the class of each character of `text`.

    Raises:
        ValueError: a character is not one of CHARACTERS.
    """
    return [CHARACTERS.index(character) + 1 for character in text]
