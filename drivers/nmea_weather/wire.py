"""NMEA 0183 sentences: `$` address, fields behind commas, `*` and the sum, CR LF (NMEA 0183 4.10).

The sum is the exclusive or of everything between `$` and `*`, two hexadecimal digits. A sentence
without one is refused: a serial line that drops a digit would change the weather.
"""

from dataclasses import dataclass
from functools import reduce
from operator import xor

MOST_BYTES = 256
"""The standard's 82 are passed by stations that put all they measure into one XDR."""

LEAST_ADDRESS = 5
"""Two letters of the talker and three of the sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: talker such as "WI", kind such as "MWV", fields as text."""

    talker: str
    kind: str
    fields: tuple[str, ...]


def encode(sentence: Sentence) -> bytes:
    """Return a sentence's bytes, with its sum and line end."""
    body = ",".join((sentence.talker + sentence.kind, *sentence.fields)).encode("ascii")
    return b"$" + body + b"*%02X\r\n" % _sum(body)


class Decoder:
    """Cuts sentences out of a stream of bytes. Holds at most `MOST_BYTES` between calls."""

    def __init__(self) -> None:
        self._held = b""
        self.noise = 0
        """Lines that were no sentence: a wrong sum, none, no text, too long."""

    def feed(self, data: bytes) -> list[Sentence]:
        """Take bytes as they come; return the sentences that are complete."""
        *lines, rest = (self._held + data).split(b"\n")
        found = []
        for line in filter(None, (line.strip(b"\r \0") for line in lines)):
            sentence = _sentence(line)
            if sentence is None:
                self.noise += 1
            else:
                found.append(sentence)
        if len(rest) > MOST_BYTES:
            self.noise += 1
            rest = b""
        self._held = rest
        return found


def _sentence(line: bytes) -> Sentence | None:
    start = line.rfind(b"$")  # what stands before it is the end of one that was cut
    body, star, told = line[start + 1 :].partition(b"*")
    if start < 0 or not star or len(line) > MOST_BYTES or not body.isascii():
        return None
    text = body.decode("ascii")
    address, *fields = text.split(",")
    right = told.upper() == b"%02X" % _sum(body)
    if not right or len(address) < LEAST_ADDRESS or not text.isprintable():
        return None
    return Sentence(address[:-3], address[-3:], tuple(fields))


def _sum(body: bytes) -> int:
    return reduce(xor, body, 0)
