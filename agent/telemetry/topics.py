"""Where on the broker each thing is said: the topic forms of `sereno/v1`."""

import re
from dataclasses import dataclass

ROOT = "sereno/v1"
_LEVEL = re.compile(r"[A-Za-z0-9._-]{1,64}")


def level(text: str) -> str:
    """Return `text` if it may stand as one topic level.

    Raises:
        ValueError: It has a separator, a wildcard, a space, or an unfit length.
    """
    if not _LEVEL.fullmatch(text):
        raise ValueError(f"{text[:80]!r} cannot be a topic level: 1 to 64 of A-Z a-z 0-9 . _ -")
    return text


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one node. Direction is a level, so that access rules stay three lines."""

    org: str
    node: str

    def __post_init__(self) -> None:
        level(self.org)
        level(self.node)

    @property
    def source(self) -> str:
        """The CloudEvents source of every record of this node."""
        return f"urn:sereno:{self.org}:{self.node}"

    @property
    def birth(self) -> str:
        return self._up("birth")

    @property
    def state(self) -> str:
        return self._up("state")

    @property
    def duties(self) -> str:
        return self._up("duties")

    @property
    def health(self) -> str:
        return self._up("health")

    def data(self, stream: str) -> str:
        """Return the topic of one stream's batches."""
        return self._up(f"data/{level(stream)}")

    def alarm(self, ident: str) -> str:
        """Return the topic of one alarm, raised, updated and cleared there."""
        return self._up(f"alarm/{level(ident)}")

    @property
    def ack(self) -> str:
        return f"{ROOT}/{self.org}/{self.node}/dn/ack"

    @property
    def notice(self) -> str:
        return f"{ROOT}/{self.org}/_all/dn/notice"

    def _up(self, rest: str) -> str:
        return f"{ROOT}/{self.org}/{self.node}/up/{rest}"
