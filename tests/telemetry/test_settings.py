"""The `[broker]` section refuses what could not work."""

from typing import Any

import msgspec
import pytest

from agent.telemetry.settings import BrokerSettings


def test_a_host_is_enough() -> None:
    found = msgspec.convert({"host": "centre.example"}, BrokerSettings)
    assert (found.port, found.tls, found.session_expiry_s, found.will_delay_s) == (
        8883,
        True,
        60,
        30,
    )


@pytest.mark.parametrize(
    "host",
    ["localhost", "a_b.example", "centre.example.", "10.0.0.7", "::1", "fe80::1%eth0", "ñu.es"],
)
def test_names_and_addresses_are_hosts(host: str) -> None:
    assert msgspec.convert({"host": host}, BrokerSettings).host == host


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": ""}, "length >= 1"),
        ({"host": "mqtts://centre.example"}, "expected a host name such as centre.example"),
        ({"host": "centre example"}, "expected a host name"),
        ({"host": " centre.example"}, "expected a host name"),
        ({"host": "centre.example:8883"}, "expected a host name"),
        ({"host": "centre..example"}, "expected a host name"),
        ({"host": "."}, "expected a host name"),
        ({"host": f"{'c' * 64}.example"}, "expected a host name"),
        ({"host": "centre\u0000.example"}, "expected a host name"),
        ({"port": 70000}, "<= 65535"),
        ({"identity": "/etc/sereno"}, "matching regex"),
        ({"tls": False, "identity": "file:/etc/sereno"}, "identity: needs tls"),
        ({"tls": False, "ca_file": "/ca.pem"}, "ca_file: needs tls"),
        ({"password_file": "/x"}, "password_file: needs a username"),
        ({"will_delay_s": 61}, "session_expiry_s: must be at least will_delay_s = 61"),
        ({"reconnect_cap_s": 0.5}, "reconnect_first_s: must not exceed"),
        ({"ack_s": 100, "ack_cap_s": 60}, "ack_s: must not exceed"),
        ({"protocol": "3.1"}, "Invalid enum value '3.1'"),
        ({"keepalive": 20}, "unknown field `keepalive`"),
    ],
)
def test_a_mistake_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert({"host": "centre.example", **change}, BrokerSettings)
