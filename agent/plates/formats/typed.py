"""A plate as people type it, made into the text that a reader would say."""

import unicodedata
from dataclasses import dataclass
from itertools import accumulate

from agent.plates.formats.pattern import LONGEST

MOST_TYPED = 64
"""Longer input is no plate, with whatever spaces and marks."""

GREEK = {
    "ALPHA": "A",
    "BETA": "B",
    "EPSILON": "E",
    "ZETA": "Z",
    "ETA": "H",
    "IOTA": "I",
    "KAPPA": "K",
    "MU": "M",
    "NU": "N",
    "OMICRON": "O",
    "RHO": "P",
    "TAU": "T",
    "UPSILON": "Y",
    "CHI": "X",
}
CYRILLIC = {
    "A": "A",
    "VE": "B",
    "IE": "E",
    "KA": "K",
    "EM": "M",
    "EN": "H",
    "O": "O",
    "ER": "P",
    "ES": "C",
    "TE": "T",
    "U": "Y",
    "HA": "X",
    "BYELORUSSIAN-UKRAINIAN I": "I",
    "JE": "J",
}
"""Countries with these alphabets use only letters that look like Latin ones on plates."""

ARABIC = {
    "ALEF": "A",
    "ALEF WITH HAMZA ABOVE": "A",
    "BEH": "B",
    "DAL": "D",
    "HEH": "H",
    "JEEM": "J",
    "TAH": "T",
    "WAW": "E",
    "YEH": "Y",
}
"""Morocco's letters in the Latin form that is used abroad (English Wikipedia's table)."""

BARRED = str.maketrans("ŁĐØ", "LDO")
"""Letters whose mark is no accent that could be taken off."""

BETWEEN = frozenset(
    "_.·•:/|,'\t\n\r\N{RIGHT SINGLE QUOTATION MARK}\N{MINUS SIGN}\N{ARABIC TATWEEL}"
)
"""What stands between groups on plates and in letters about them, beside spaces and dashes.
The last is the Arabic line that draws letters out."""

BETWEEN_KINDS = frozenset({"Zs", "Pd", "Cf"})
"""Unicode's categories of spaces, dashes and marks of direction."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The text that is meant, A to Z and 0 to 9, and what was done to come there.

    `groups` is the same text, parted where something stood between.
    """

    text: str
    notes: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why something typed can be no plate's text."""

    words: str


def typed(raw: str) -> Typed | Unreadable:
    """Take out what stands between groups, and write letters as a plate reader does."""
    if len(raw) > MOST_TYPED:
        return Unreadable(f"{len(raw)} characters: a plate has at most {LONGEST} and some spaces")
    parted = "".join(" " if _between(char) else char for char in raw).split()
    bare = "".join(parted)
    heard = _latin(bare, "ARABIC", ARABIC)
    upper = heard.upper()
    plain = unicodedata.normalize("NFKD", upper.translate(BARRED))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).upper()
    said = _latin(_latin(plain, "GREEK CAPITAL", GREEK), "CYRILLIC CAPITAL", CYRILLIC)
    foreign = sorted({char for char in said if not (char.isascii() and char.isalnum())})
    if foreign:
        named = ", ".join(_named(char) for char in foreign[:3])
        return Unreadable(f"{named}: expected letters A to Z and figures 0 to 9")
    if not said:
        return Unreadable("no letter and no figure in it: expected a plate's text")
    if len(said) > LONGEST:
        return Unreadable(f"{len(said)} letters and figures: a plate has at most {LONGEST}")
    steps = {
        "spaces and marks between groups taken out": bare != raw,
        "written in capitals": upper != heard,
        "letters with marks written without, as readers do": plain != upper,
        "Cyrillic or Greek letters written as the Latin ones they look like": said != plain,
        "Arabic letters written in Morocco's Latin form": heard != bare,
    }
    ends = accumulate(map(len, parted))
    groups = tuple(said[end - len(part) : end] for part, end in zip(parted, ends, strict=True))
    return Typed(said, tuple(words for words, done in steps.items() if done), groups)


def _between(char: str) -> bool:
    return char in BETWEEN or unicodedata.category(char) in BETWEEN_KINDS


def _latin(text: str, script: str, letters: dict[str, str]) -> str:
    """Write the `letters` of a script, given by their Unicode names, in Latin."""
    start = f"{script} LETTER "
    names = (unicodedata.name(char, "").removesuffix(" FINAL FORM") for char in text)
    return "".join(
        letters.get(name.removeprefix(start), char) if name.startswith(start) else char
        for name, char in zip(names, text, strict=True)
    )


def _named(char: str) -> str:
    """Name a character that may be invisible or of another script."""
    name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
    return f"{char!r} ({name})" if char.isprintable() else name
