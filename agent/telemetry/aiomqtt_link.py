"""The port's implementation over aiomqtt 2.5: MQTT 5, and 3.1.1 where the broker has no more."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from agent.core.errors import LinkLost
from agent.core.files import open_regular
from agent.telemetry.mended import DEVICE, INCOMING, MendedClient, NoGreeting, in_own_thread
from agent.telemetry.mqtt import UNSUPPORTED_VERSION, Greeting, Message, MqttLink, Refused, Will
from agent.telemetry.settings import BrokerSettings

V5 = aiomqtt.ProtocolVersion.V5
V311 = aiomqtt.ProtocolVersion.V311

FAILURE = 0x80
"""Reason codes from here on are refusals (MQTT 5, 2.4)."""


class AiomqttLink:
    """One connection."""

    def __init__(self, client: MendedClient, greeting: Greeting, puback_s: float) -> None:
        self._client = client
        self._greeting = greeting
        self._puback_s = puback_s

    @property
    def greeting(self) -> Greeting:
        return self._greeting

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        content_type: str = "application/json",
        expiry_s: int | None = None,
    ) -> None:
        properties = None
        if self._greeting.version == V5:
            properties = _properties(PacketTypes.PUBLISH)
            properties.ContentType = content_type
            if expiry_s is not None:
                properties.MessageExpiryInterval = expiry_s
        try:
            async with asyncio.timeout(self._puback_s):
                reason = await self._client.deliver(topic, payload, properties, retain=retain)
        except TimeoutError:
            raise LinkLost(DEVICE, f"no PUBACK within {self._puback_s} s") from None
        if reason is None:
            raise self._lost()
        if reason.is_failure:
            raise Refused(DEVICE, f"publish to {topic}", reason.value, str(reason))

    async def subscribe(self, topics: Sequence[str]) -> None:
        five = self._greeting.version == V5
        wanted: list[Any] = [(topic, SubscribeOptions(qos=1) if five else 1) for topic in topics]
        try:
            reasons = await self._client.subscribe(wanted, timeout=self._puback_s)
        except aiomqtt.MqttError as error:
            raise LinkLost(DEVICE, f"no answer to a subscription: {error}") from error
        for topic, reason in zip(topics, reasons, strict=False):
            if isinstance(reason, ReasonCode) and reason.value >= FAILURE:
                raise Refused(DEVICE, f"subscription to {topic}", reason.value, str(reason))

    async def message(self) -> Message:
        if (message := await self._client.arrived()) is None:
            raise self._lost()
        return message

    def handled(self, message: Message) -> None:
        self._client.paho.ack(message.token.mid, message.token.qos)

    def _lost(self) -> LinkLost | Refused:
        words = self._client.ended or "it takes nothing more"
        if self._client.dismissed is not None:
            return Refused(DEVICE, "connection", self._client.dismissed, words)
        return LinkLost(DEVICE, words)


class AiomqttDialler:
    """Makes connections to the broker of the settings."""

    def __init__(self, settings: BrokerSettings, client_id: str) -> None:
        self._settings = settings
        self._client_id = client_id

    @contextlib.asynccontextmanager
    async def dial(self, will: Will) -> AsyncIterator[MqttLink]:
        client = await self._connected(will)
        polite = False
        try:
            assert client.greeting is not None  # noqa: S101 - `open` has returned it
            yield AiomqttLink(client, client.greeting, self._settings.puback_s)
            polite = True
        except asyncio.CancelledError:
            polite = True
            raise
        finally:
            await client.close(polite=polite)

    async def _connected(self, will: Will) -> MendedClient:
        match self._settings.protocol:
            case "5":
                return await self._attempt(V5, will)
            case "3.1.1":
                return await self._attempt(V311, will)
            case "auto":
                return await self._either(will)

    async def _either(self, will: Will) -> MendedClient:
        try:
            return await self._attempt(V5, will)
        except Refused as refusal:
            if refusal.reason != UNSUPPORTED_VERSION:
                raise
        except NoGreeting:
            pass  # a broker of 3.1.1 may also hang up, keep silent, or answer what 5 cannot parse
        return await self._attempt(V311, will)

    async def _attempt(self, version: aiomqtt.ProtocolVersion, will: Will) -> MendedClient:
        settings = self._settings
        try:
            async with asyncio.timeout(settings.connect_s):
                secrets = await in_own_thread(partial(read_secrets, settings))
                client = self._client(version, will, secrets)
                try:
                    await client.open()
                except BaseException:
                    await client.close(polite=False)
                    raise
        except TimeoutError:
            raise NoGreeting(
                DEVICE, f"{settings.host}:{settings.port} gave no CONNACK in {settings.connect_s} s"
            ) from None
        return client

    def _client(
        self,
        version: aiomqtt.ProtocolVersion,
        will: Will,
        secrets: "Secrets",
    ) -> MendedClient:
        five = version == V5
        connect = will_properties = None
        if five:
            connect = _properties(PacketTypes.CONNECT)
            connect.SessionExpiryInterval = self._settings.session_expiry_s
            connect.ReceiveMaximum = INCOMING
            will_properties = _properties(PacketTypes.WILLMESSAGE)
            will_properties.WillDelayInterval = will.delay_s
        client = MendedClient(
            version,
            hostname=self._settings.host,
            port=self._settings.port,
            identifier=self._client_id,
            # An ended session would say the will at once, without its delay (MQTT 5, 3.1.3.2.2).
            clean_start=False if five else MQTT_CLEAN_START_FIRST_ONLY,  # all 3.1.1 may be given
            clean_session=None if five else False,
            properties=connect,
            will=aiomqtt.Will(will.topic, will.payload, 1, True, will_properties),
            keepalive=self._settings.keepalive_s,
            timeout=self._settings.connect_s,
            username=self._settings.username or None,
            password=secrets.password,
            tls_context=secrets.tls,
        )
        client.paho.connect_timeout = self._settings.connect_s
        client.pending_calls_threshold = 1000  # the window is bounded: no warning is due
        return client


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho leaves it untyped


class _TidySocket(ssl.SSLSocket):
    """Closes itself where the handshake fails, which paho forgets to do."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - as inherited
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must be read from files before a connection."""

    tls: ssl.SSLContext | None
    password: str | None = field(repr=False)


PASSWORD_BYTES_MOST = 65_536
"""MQTT carries no longer one (MQTT 5, 1.5.6)."""


def read_secrets(settings: BrokerSettings) -> Secrets:
    """Load certificate, key, authority and password. Blocking.

    Raises:
        LinkLost: One of them cannot be read; the message names it.
    """
    password = None
    try:
        if settings.password_file:
            with open_regular(Path(settings.password_file)) as file:
                password = file.read(PASSWORD_BYTES_MOST).decode().partition("\n")[0]
    except (OSError, ValueError) as error:  # a name with a zero byte, a text that is none
        raise LinkLost(DEVICE, f"password_file: {error}") from error
    if not settings.tls:
        return Secrets(None, password)
    try:
        tls = ssl.create_default_context(cafile=settings.ca_file or None)
    except (OSError, ValueError) as error:
        raise LinkLost(DEVICE, f"ca_file {settings.ca_file}: {error}") from error
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.sslsocket_class = _TidySocket
    if settings.identity:
        place = Path(settings.identity.removeprefix("file:"))
        cert, key = (place / "cert.pem", place / "key.pem") if place.is_dir() else (place, None)
        try:
            tls.load_cert_chain(cert, key)
        except (OSError, ValueError) as error:
            raise LinkLost(DEVICE, f"identity {place}: {error}") from error
    return Secrets(tls, password)
