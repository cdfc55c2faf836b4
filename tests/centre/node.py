"""A node made of a bare paho client, to say what a test wants said and to hear the answers."""

import json
import queue
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.centre.contract import NODE, ORG, batch, topic

PATIENCE_S = 20.0
"""How long a test waits for what must come; only a failing test ever waits so long."""


class Node:
    """Publishes at QoS 1 and collects acknowledgements."""

    def __init__(self, port: int, name: str = NODE, *, v5: bool = True) -> None:
        self.name = name
        self.acks: queue.Queue[MQTTMessage] = queue.Queue()
        self._subscribed: queue.Queue[None] = queue.Queue()
        protocol = MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._subscribed.put(None)
        self._client.on_message = lambda _c, _u, message: self.acks.put(message)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def __enter__(self) -> Self:
        self._subscribed.get(timeout=PATIENCE_S)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._client._reset_sockets()  # paho leaves its pair of sockets to the collector

    def _on_connect(self, *_: object) -> None:
        self._client.subscribe(f"sereno/v1/{ORG}/{self.name}/dn/ack", 1)

    def send(self, *records: object, stream: str = "street.test") -> None:
        """Publish one batch and wait for the broker to have it."""
        self.say(f"data/{stream}", batch(*records), retain=False)

    def say(self, channel: str, payload: bytes | dict[str, Any], *, retain: bool = True) -> None:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._client.publish(
            topic(channel, self.name), body, qos=1, retain=retain
        ).wait_for_publish(PATIENCE_S)

    def ack(self, wanted: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """Return the first acknowledgement that is as wanted."""
        seen: list[object] = []
        while True:
            try:
                message = self.acks.get(timeout=PATIENCE_S)
            except queue.Empty:
                raise AssertionError(f"no such acknowledgement; seen: {seen}") from None
            found: dict[str, Any] = json.loads(message.payload)
            if wanted(found):
                return found
            seen.append(found)

    def patient_ack(self, wait_s: float = 1.0) -> dict[str, Any] | None:
        """Return the next acknowledgement, or None where none comes for a while."""
        try:
            found: dict[str, Any] = json.loads(self.acks.get(timeout=wait_s).payload)
        except queue.Empty:
            return None
        return found
