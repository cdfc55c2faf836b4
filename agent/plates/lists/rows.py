"""A list file's bytes become rows, and problems told with their lines: noise never raises.

One plate a line, comma or semicolon, a header line that names the columns; lines before it that
begin with # say what list it is. Plates are hashed as they are read: no row holds one.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from agent.core.log import clip, mask
from agent.core.text import nearest
from agent.plates.formats.typed import Unreadable, typed
from agent.plates.lists.hours import Hours, parse_hours
from agent.plates.lists.tags import FORM, TAG_BYTES, Tagger

MOST_BYTES = 32 << 20
"""A list in memory is for one site; a million plates come in another structure."""

MOST_LINE = 1000
"""Characters of a line; a longer one is no row."""

MOST_TOLD = 50
"""Problems kept in words; the others are counted."""

LEAST_PLATE, MOST_PLATE = 2, 10

HEAD = ("list", "revision", "hashed", "key", "empty")
"""What lines before the header may say, as `# revision: 12`; other such lines are remarks."""

COLUMNS = ("plate", "tag", "alike", "id", "group", "hours", "from", "until", "reason")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one line of a list, or with all of it (line 0)."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.words}"


@dataclass(frozen=True, slots=True)
class Row:
    """One plate of a list, by its tags, and what is said of it.

    `begins` and `ends` are times of the clock on the site's wall; it counts before `ends`.
    """

    line: int
    entry: str
    group: str
    tag: bytes
    alike: bytes
    hours: Hours | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What a list is expected to be: the groups there are (None: any), its most rows, its key."""

    most_rows: int
    groups: Mapping[str, Hours] | None = None
    tagger: Tagger | None = None


@dataclass(slots=True)
class Sheet:
    """A list file as read: what its head says, its sound rows, and what is wrong.

    `unusable` says that nothing of it may be used. `tagger` made its tags.
    """

    tagger: Tagger
    head: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    count: int = 0
    """Of all problems, those not kept included."""
    unusable: bool = False


def read_sheet(raw: bytes, file: str, form: Form, passing: Callable[[], Tagger]) -> Sheet:
    """Read a list; `passing` makes the tagger of one that holds plates in the clear."""
    return _Reading(file, form, passing()).sheet(raw)


def normalised(plate: str) -> str:
    """Return a plate as readers tell it: capitals and digits, no marks over them, nothing between.

    What can be no plate comes back as it is.
    """
    if plate.isascii():  # nearly all are, and a list may be long
        return "".join(char for char in plate.upper() if char not in " -._\t")
    meant = typed(plate)
    return plate if isinstance(meant, Unreadable) else meant.text


class _Bad(ValueError):
    """What is wrong with a row."""


class _Reading:
    """One pass over one file."""

    def __init__(self, file: str, form: Form, passing: Tagger) -> None:
        self._file = file
        self._form = form
        self._sheet = Sheet(passing)
        self._places: dict[str, int] = {}
        self._tags: dict[bytes, int] = {}
        self._entries: dict[str, int] = {}

    def sheet(self, raw: bytes) -> Sheet:
        if len(raw) > MOST_BYTES:
            self._refuse(0, f"is larger than {MOST_BYTES} bytes; expected a list of plates")
            return self._sheet
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._refuse(0, f"is not UTF-8 text (byte {error.start}); expected a list in CSV")
            return self._sheet
        # no other character ends a line: a remark must not be able to begin a row
        lines = enumerate(text.replace("\r\n", "\n").split("\n"), 1)
        columns = self._header(lines)
        if columns is None or not self._head_is_right(columns):
            return self._sheet
        for number, line in lines:
            if not line.strip(" ,;\t") or line.startswith("#"):
                continue
            if line.count('"') % 2:
                self._refuse(number, "a quote is not closed; expected each row on one line")
                break
            try:
                self._take(self._row(number, line, columns))
            except _Bad as problem:
                self._problem(number, str(problem))
            if len(self._sheet.rows) > self._form.most_rows:
                self._refuse(number, f"more than {self._form.most_rows} plates (most_plates)")
                break
        return self._sheet

    def _header(self, lines: Iterator[tuple[int, str]]) -> Sequence[str] | None:
        """Take what stands before the rows; return the columns, None where they are unusable."""
        for number, line in lines:
            if line.startswith("#"):
                key, colon, value = line[1:].partition(":")
                if colon and key.strip().lower() in HEAD:
                    self._sheet.head[key.strip().lower()] = clip(value.strip(), 100)
                continue
            if not line.strip():
                continue
            self._delimiter = ";" if line.count(";") > line.count(",") else ","
            columns = [word.strip().lower() for word in line.split(self._delimiter)]
            return columns if self._columns_are_right(number, columns) else None
        self._refuse(0, f"has no header line; expected column names such as {_names(COLUMNS)}")
        return None

    def _columns_are_right(self, number: int, columns: Sequence[str]) -> bool:
        for name in columns:
            if name not in COLUMNS:
                words = f"no column is called {clip(name, 40)!r}; expected of {_names(COLUMNS)}"
                self._refuse(number, words + nearest(name, COLUMNS))
        if len(set(columns)) < len(columns):
            self._refuse(number, "a column stands twice; expected each once")
        if ("plate" in columns) == ("tag" in columns and "alike" in columns):
            self._refuse(number, "expected a column plate, or the columns tag and alike")
        return not self._sheet.unusable

    def _head_is_right(self, columns: Sequence[str]) -> bool:
        if "tag" not in columns:
            return True
        tagger = self._form.tagger
        if self._sheet.head.get("hashed") != FORM:
            self._refuse(0, f"holds hashes; expected a line '# hashed: {FORM}' before the header")
        elif tagger is None:
            self._refuse(0, "holds hashes; expected the key they were made with (list_key)")
        elif self._sheet.head.get("key") != tagger.check:
            self._refuse(
                0,
                f"was hashed with another key ({self._sheet.head.get('key') or 'unnamed'}) than "
                f"the node's ({tagger.check}); expected the same",
            )
        else:
            self._sheet.tagger = tagger
        return not self._sheet.unusable

    def _row(self, number: int, line: str, columns: Sequence[str]) -> Row:
        if len(line) > MOST_LINE:
            raise _Bad(f"is longer than {MOST_LINE} characters; expected one plate")
        if not line.replace("\t", " ").isprintable():
            raise _Bad("holds a character that is no text; expected one plate on one line")
        try:
            cells = next(csv.reader([line], delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration) as error:
            raise _Bad(f"cannot be read: {clip(error)}; expected {_names(columns)}") from error
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            raise _Bad(f"has {len(cells)} cells; expected {len(columns)}: {_names(columns)}")
        said = {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}
        tag, alike = self._tagged(said)
        group = said.get("group", "")
        known = self._form.groups
        if group and known is not None and group not in known:
            there = _names(sorted(known)) or "none (groups)"
            raise _Bad(f"no group {clip(group, 40)!r}; expected one of {there}")
        begins = _moment(said.get("from", ""), "from", whole_days=0)
        ends = _moment(said.get("until", ""), "until", whole_days=1)
        if begins is not None and ends is not None and ends <= begins:
            raise _Bad("ends before it begins; expected from before until")
        hours = self._hours(said.get("hours", ""))
        if hours is None and group and known is not None:
            hours = known[group]
        entry = clip(said.get("id", ""), 64) or f"line-{number}"
        reason = clip(said["reason"], 200) if said.get("reason") else None
        return Row(number, entry, clip(group, 48), tag, alike, hours, begins, ends, reason)

    def _tagged(self, said: Mapping[str, str]) -> tuple[bytes, bytes]:
        if "plate" in said or "tag" not in said:
            plate = normalised(said.get("plate", ""))
            right = plate.isascii() and plate.isalnum()
            if not right or not LEAST_PLATE <= len(plate) <= MOST_PLATE:
                raise _Bad(
                    f"{mask(clip(plate, 20))!r} is no plate; "
                    f"expected {LEAST_PLATE} to {MOST_PLATE} of A-Z and 0-9"
                )
            return self._sheet.tagger.plate(plate), self._sheet.tagger.alike(plate)
        try:
            tags = bytes.fromhex(said["tag"]), bytes.fromhex(said.get("alike", ""))
        except ValueError:
            tags = b"", b""
        if any(len(tag) != TAG_BYTES for tag in tags):
            raise _Bad(f"expected a tag and an alike of {2 * TAG_BYTES} hexadecimal digits each")
        return tags

    def _hours(self, words: str) -> Hours | None:
        if not words:
            return None
        try:
            return parse_hours(words)
        except ValueError as error:
            raise _Bad(f"hours: {clip(error, 300)}") from error

    def _take(self, row: Row) -> None:
        if (line := self._tags.setdefault(row.tag, row.line)) != row.line:
            raise _Bad(f"this plate stands on line {line} already; expected each once")
        if (line := self._entries.setdefault(row.entry, row.line)) != row.line:
            raise _Bad(f"id {row.entry!r} stands on line {line} already; expected each once")
        self._sheet.rows.append(row)

    def _problem(self, line: int, words: str) -> None:
        self._sheet.count += 1
        if len(self._sheet.problems) < MOST_TOLD:
            self._sheet.problems.append(RowProblem(self._file, line, words))

    def _refuse(self, line: int, words: str) -> None:
        self._sheet.unusable = True
        self._problem(line, words)


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?", re.ASCII)
"""Nothing else: in Python 20261231 is a date too, and 2026W53."""


def _moment(words: str, column: str, whole_days: int) -> datetime | None:
    """Read a date, or a date and time of the wall's clock; a date counts until its end."""
    if not words:
        return None
    moment = None
    try:
        if len(words) == len("2026-12-31") and _MOMENT.fullmatch(words):
            midnight = datetime.combine(date.fromisoformat(words), time())
            return midnight + timedelta(days=whole_days)
        if _MOMENT.fullmatch(words):
            moment = datetime.fromisoformat(words)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise _Bad(
            f"{column}: {clip(words, 30)!r} is no date; "
            'expected such as "2026-12-31" or "2026-12-31 08:00", in the time of the site'
        )
    return moment


def _names(names: Sequence[str]) -> str:
    return ", ".join(names)
