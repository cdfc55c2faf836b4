"""The topics of `sereno/v1`, as the centre reads and writes them."""

import re
from dataclasses import dataclass

_UP = re.compile(
    r"sereno/v1/([A-Za-z0-9._-]{1,64})/([a-z0-9-]{3,48})/up/([A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)?)"
)
MOST_TOPIC = 200


@dataclass(frozen=True, slots=True)
class UpTopic:
    """`sereno/v1/<org>/<node>/up/<channel>`, the channel with its sublevels."""

    org: str
    node: str
    channel: str

    @classmethod
    def parse(cls, topic: str) -> "UpTopic | None":
        """Take a topic apart; None where it is not one of ours."""
        found = _UP.fullmatch(topic) if len(topic) <= MOST_TOPIC else None
        return cls(*found.groups()) if found else None


def ack_topic(org: str, node: str) -> str:
    return f"sereno/v1/{org}/{node}/dn/ack"


def subscriptions(org: str, share: str | None) -> list[str]:
    """Return the filters of a centre; with `share`, several ingests divide the records."""
    everything = f"sereno/v1/{org}/+/up/#"
    if share is None:
        return [everything]
    # What a node says of itself goes to all of them; its records go to one.
    channels = ("birth", "state", "duties", "health", "config", "alarm/#", "res/#")
    return [f"$share/{share}/sereno/v1/{org}/+/up/data/#"] + [
        f"sereno/v1/{org}/+/up/{each}" for each in channels
    ]
