"""What is read from files before a connection: faults are named, the password stays unsaid."""

from pathlib import Path

import pytest

from agent.core.errors import LinkLost
from agent.telemetry.aiomqtt_link import read_secrets
from agent.telemetry.settings import BrokerSettings

NO_FILE = "/a\0b"


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("password_file", BrokerSettings(host="x", username="n", password_file=NO_FILE)),
        ("identity", BrokerSettings(host="x", identity="file:/a\0b")),
        ("ca_file", BrokerSettings(host="x", ca_file=NO_FILE)),
    ],
)
def test_a_name_no_file_can_have_is_named_by_its_key(key: str, settings: BrokerSettings) -> None:
    with pytest.raises(LinkLost, match=f"{key}.*null byte"):
        read_secrets(settings)


def test_the_password_is_not_in_the_repr(tmp_path: Path) -> None:
    place = tmp_path / "password"
    place.write_text("correct horse\nsecond line")
    settings = BrokerSettings(host="x", tls=False, username="n", password_file=str(place))
    secrets = read_secrets(settings)
    assert (secrets.password or "").split() == ["correct", "horse"]
    assert repr(secrets) == "Secrets(tls=None)"
