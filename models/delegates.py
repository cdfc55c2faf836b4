"""What else than the processor may run a network: a GPU, a Coral or a Hailo, through its library.

XNNPACK is not among them: the interpreter applies it to whatever nobody else takes. A delegate is a
shared library with TensorFlow Lite's external delegate interface, installed with the device's own
driver. Only its loading is tested here (no such hardware was there): see docs/models.md.
"""

import ctypes
import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from agent.core.board import DelegateName
from agent.core.errors import Rejected

LIBRARIES: Mapping[str, str] = MappingProxyType(
    {
        "gpu": "libtensorflowlite_gpu_delegate.so",
        "coral": "libedgetpu.so.1",
        "hailo": "libhailo_tflite_delegate.so",
    }
)
"""The file each driver installs; found by the dynamic linker."""

Wanted = DelegateName | tuple[DelegateName, ...]
"""One that must be there, or several of which the first that is there is taken, or none."""

_log = logging.getLogger(__name__)


def loaded(
    wanted: Wanted,
    backend: str,
    where: str,
    libraries: Mapping[str, str] = LIBRARIES,
) -> Any | None:
    """Return the delegate to give to `backend`'s interpreter, None for the processor alone.

    Raises:
        Rejected: the one delegate asked for is not there or does not start; says which and why.
    """
    load = _loader(backend)
    if isinstance(wanted, tuple):
        for name in wanted:
            try:
                return _started(load, libraries[name])
            except _FAILURES as error:
                _log.debug("%s: no delegate %s: %s", where, name, error)
        return None
    if wanted in ("none", "auto"):
        return None
    library = libraries[wanted]
    try:
        return _started(load, library)
    except _FAILURES as error:
        raise Rejected(
            f'{where}: delegate "{wanted}" was asked for, but {library} does not load: {error}; '
            'install its driver, or set node.delegate to "auto" or "none"'
        ) from error


_FAILURES = (OSError, ValueError, RuntimeError)


def _started(load: Callable[[str], Any], library: str) -> Any:
    # Looked at first: load_delegate's own half-made object complains when it is thrown away.
    if not hasattr(ctypes.CDLL(library), _ENTRY):
        raise ValueError(f"it is no delegate: it has no {_ENTRY}")
    return load(library)


_ENTRY = "tflite_plugin_create_delegate"
"""The function of TensorFlow Lite's external delegate interface."""


def _loader(backend: str) -> Callable[[str], Any]:
    load: Callable[[str], Any] = import_module(f"{backend}.interpreter").load_delegate
    return load
