"""Every failure the agent expects and names.

The split decides who acts: the supervisor retries a `DeviceError`; anything that is not an
`AgentError` is a bug, which quarantines the service it struck and is never retried in silence.
"""


class AgentError(Exception):
    """Base of everything raised on purpose."""


class ConfigError(AgentError, ValueError):
    """The configuration is wrong; the message names file, key path and what was expected."""


class Rejected(AgentError, ValueError):
    """Somebody's input is refused: a picture, a model file, a record; the message says why."""


class DeviceError(AgentError):
    """A device or its link misbehaved; trying again may help."""

    def __init__(self, device: str, problem: str) -> None:
        super().__init__(f"{device}: {problem}")
        self.device = device
        self.problem = problem


class LinkLost(DeviceError, ConnectionError):
    """The wire to the device went away."""


class DeviceSilent(DeviceError, TimeoutError):
    """The device said nothing useful for too long."""


class DeviceRefused(DeviceError):
    """The device answered, and the answer was no."""
