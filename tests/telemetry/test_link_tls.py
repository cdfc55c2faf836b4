"""TLS with the node's own certificate, under the contract's three lines of access rules."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.errors import LinkLost
from agent.telemetry.aiomqtt_link import AiomqttDialler
from agent.telemetry.mqtt import NOT_AUTHORISED, Refused, Will
from agent.telemetry.settings import BrokerSettings
from agent.telemetry.topics import Topics
from simulators.broker import Mosquitto, find_mosquitto

pytestmark = pytest.mark.broker

OURS = Topics("ceuta", "pole-017")
THEIRS = Topics("ceuta", "pole-018")
WILL = Will(OURS.state, b"{}", delay_s=1)

ACL = """
pattern write sereno/v1/ceuta/%u/up/#
pattern read sereno/v1/ceuta/%u/dn/#
topic read sereno/v1/ceuta/_all/dn/#
"""


class Authority:
    """A certificate authority for one test."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.certificate = folder / "ca.pem"
        self._openssl("req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem",
                      "-subj", "/CN=test authority", "-days", "2")  # fmt: skip

    def identity(self, name: str) -> Path:
        """Return a folder with a certificate for `name` and its key."""
        place = self._folder / name
        place.mkdir()
        self._openssl("req", *KEY, "-keyout", f"{name}/key.pem", "-out", f"{name}/request",
                      "-subj", f"/CN={name}")  # fmt: skip
        (place / "names").write_text("subjectAltName=IP:127.0.0.1\n")
        self._openssl("x509", "-req", "-in", f"{name}/request", "-CA", "ca.pem", "-CAkey",
                      "ca.key", "-CAcreateserial", "-out", f"{name}/cert.pem", "-days", "2",
                      "-extfile", f"{name}/names")  # fmt: skip
        return place

    def _openssl(self, *words: str) -> None:
        command = ["openssl", *words]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)


KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    if shutil.which("openssl") is None or find_mosquitto() is None:
        if os.environ.get("CI"):
            pytest.fail("openssl or mosquitto is missing: make ci-deps")
        pytest.skip("openssl or mosquitto is missing: make ci-deps")
    return Authority(tmp_path / "authority")


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Iterator[Mosquitto]:
    server = authority.identity("broker")
    more = "\n".join(
        (
            f"cafile {authority.certificate}",
            f"certfile {server / 'cert.pem'}",
            f"keyfile {server / 'key.pem'}",
            "require_certificate true",
            "use_identity_as_username true",
        )
    )
    with Mosquitto(tmp_path, acl=ACL, more=more) as running:
        yield running


def dialler(broker: Mosquitto, authority: Authority, identity: str) -> AiomqttDialler:
    settings = BrokerSettings(
        host="127.0.0.1",
        port=broker.port,
        ca_file=str(authority.certificate),
        identity=identity,
        will_delay_s=1,
    )
    return AiomqttDialler(settings, OURS.node)


async def test_a_node_speaks_for_itself_and_for_nobody_else(
    broker: Mosquitto, authority: Authority
) -> None:
    place = authority.identity(OURS.node)
    async with dialler(broker, authority, f"file:{place}").dial(WILL) as link:
        await link.subscribe([OURS.ack, OURS.notice])
        await link.publish(OURS.data("gap"), b"[]")
        await link.publish(OURS.birth, b"{}", retain=True)
        for foreign in (THEIRS.data("gap"), OURS.ack, OURS.notice):
            with pytest.raises(Refused) as caught:
                await link.publish(foreign, b"[]")
            assert caught.value.reason == NOT_AUTHORISED


async def test_certificate_and_key_may_lie_in_one_file(
    broker: Mosquitto, authority: Authority, tmp_path: Path
) -> None:
    place = authority.identity(OURS.node)
    both = tmp_path / "identity.pem"
    both.write_bytes((place / "cert.pem").read_bytes() + (place / "key.pem").read_bytes())
    async with dialler(broker, authority, f"file:{both}").dial(WILL) as link:
        await link.publish(OURS.birth, b"{}")


async def test_a_broker_signed_by_somebody_else_is_not_believed(
    broker: Mosquitto, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger")
    place = authority.identity(OURS.node)
    with pytest.raises(LinkLost, match="certificate verify failed"):
        async with dialler(broker, stranger, f"file:{place}").dial(WILL):
            pytest.fail("believed a stranger")


async def test_without_a_certificate_there_is_no_entry(
    broker: Mosquitto, authority: Authority
) -> None:
    with pytest.raises(LinkLost):
        async with dialler(broker, authority, "").dial(WILL):
            pytest.fail("entered without a certificate")


async def test_a_missing_identity_is_named(broker: Mosquitto, authority: Authority) -> None:
    with pytest.raises(LinkLost, match="identity /nowhere"):
        async with dialler(broker, authority, "file:/nowhere").dial(WILL):
            pytest.fail("entered without a certificate")
