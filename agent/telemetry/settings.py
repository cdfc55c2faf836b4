"""The `[broker]` section: where the centre's broker is, and how patient to be with it."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from agent.core.settings import Port, Seconds, Settings

Count = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class BrokerSettings(Settings, frozen=True, kw_only=True):
    """Only `host` must be given.

    `identity` is `file:` and a folder with `cert.pem` and `key.pem`, or one file with both;
    `ca_file` the authority that signed the broker's certificate, the system's where none is
    named. `password_file` holds the password alone, on its first line.
    """

    host: Annotated[str, msgspec.Meta(min_length=1, max_length=253)]
    port: Port = 8883
    tls: bool = True
    identity: Annotated[str, msgspec.Meta(pattern="^(file:/.+)?$")] = ""
    ca_file: str = ""
    username: str = ""
    password_file: str = ""
    protocol: Literal["auto", "5", "3.1.1"] = "auto"

    keepalive_s: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 20
    connect_s: Seconds = 10.0
    """From the call to the CONNACK, name look-up and TLS included."""
    puback_s: Seconds = 10.0
    """A broker that acknowledges nothing for so long is taken for lost."""
    ack_s: Annotated[float, msgspec.Meta(ge=0.5, le=300)] = 2.0
    """How long to wait for the centre before sending again, at least; doubles in silence."""
    ack_cap_s: Seconds = 60.0
    window_batches: Count = 16
    """Batches under way without the centre's acknowledgement."""
    inflight: Count = 20
    """Publishes under way without the broker's; the broker may ask for fewer."""
    backlog_batches_s: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 20.0
    """How fast old records follow, and how fast holes are filled again."""
    reconnect_first_s: Seconds = 1.0
    reconnect_cap_s: Seconds = 300.0
    stable_s: Seconds = 60.0
    """A connection that lasted so long makes the next wait a short one again."""
    session_expiry_s: Annotated[int, msgspec.Meta(ge=0, le=86400)] = 60
    will_delay_s: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 30

    def problems(self) -> Iterator[tuple[str, str]]:
        if not _names_a_host(self.host):
            words = "expected a host name such as centre.example, or an address"
            yield "host", f"{words}, not {self.host!r}"
        if self.identity and not self.tls:
            yield "identity", "needs tls = true: a certificate is shown over TLS only"
        if self.ca_file and not self.tls:
            yield "ca_file", "needs tls = true"
        if self.password_file and not self.username:
            yield "password_file", "needs a username"
        if self.will_delay_s > self.session_expiry_s:
            words = f"must be at least will_delay_s = {self.will_delay_s}: its end says the will"
            yield "session_expiry_s", words
        if self.reconnect_first_s > self.reconnect_cap_s:
            yield "reconnect_first_s", "must not exceed reconnect_cap_s"
        if self.ack_s > self.ack_cap_s:
            yield "ack_s", "must not exceed ack_cap_s"


def _names_a_host(host: str) -> bool:
    """Say whether a name look-up could make something of it (RFC 1123, 2.1; RFC 5890)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return True
    try:
        host.encode("idna")  # as the look-up does: refuses empty labels and those over 63
    except UnicodeError:
        return False
    return re.fullmatch(r"[\w-]+(\.[\w-]+)*\.?", host) is not None
