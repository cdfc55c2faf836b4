"""An ingest in its own thread, which a test can wait for."""

import random
import threading
from collections.abc import Callable
from pathlib import Path

from simulators.centre.broker import Broker
from simulators.centre.ingest import Ingest, IngestState
from simulators.centre.mqtt import TakenOver
from simulators.centre.schemas import Schemas
from tests.centre.node import PATIENCE_S


class Running:
    """Runs from the moment it is made until `end`."""

    def __init__(self, broker: Broker, path: Path, schemas: Schemas) -> None:
        self._changed = threading.Condition()
        self.ingest = Ingest(broker, path, schemas, self._notify, random.Random(1))
        self.taken_over = False
        self._thread = threading.Thread(target=self._run, name="ingest under test")
        self._thread.start()

    def until(self, fact: Callable[[IngestState], bool]) -> IngestState:
        """Wait until the ingest says so, and return what it says."""
        with self._changed:
            met = self._changed.wait_for(lambda: fact(self.ingest.state), PATIENCE_S)
        assert met, self.ingest.state
        return self.ingest.state

    def end(self) -> None:
        self.ingest.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            self.ingest.run()
        except TakenOver:
            self.taken_over = True
