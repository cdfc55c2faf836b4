"""A model's card: what the file is, whence its data, how well it does and where it ends."""

from pathlib import Path
from typing import Literal

import msgspec

from agent.core.errors import Rejected
from agent.core.share import wilson


class Tensor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One input or output, as the interpreter must show it."""

    shape: tuple[int, ...]
    dtype: Literal["int8", "uint8", "float32"]
    meaning: str


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data the model was trained or judged on."""

    name: str
    licence: str
    used_for: Literal["training", "evaluation"]
    note: str = ""


class Accuracy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured share of right answers, with Wilson's 95 % interval (Wilson 1927)."""

    measure: str
    slice: str
    numbers: Literal["int8", "float32"]
    value: float
    n: int
    low: float
    high: float


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the file came about; the same command and seed give it again on the same machine."""

    command: str
    seed: int
    samples: int
    note: str = ""


class CountryShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A vehicle code, and how often such a plate was among those learned from."""

    code: str
    share: float


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A model's card, kept beside the model as card.toml."""

    name: str
    version: str
    file: str
    sha256: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    labels: tuple[str, ...]
    limits: tuple[str, ...]
    training: Training
    origins: tuple[Origin, ...]
    accuracy: tuple[Accuracy, ...]
    threshold: float | None = None
    """The least score that counts as an answer, where the model's outputs are scores."""
    macs: int | None = None
    """Multiply-accumulates of one run."""
    countries: tuple[CountryShare, ...] = ()
    """What each place of a country output means."""
    weights_of: str | None = None
    """SHA-256 of the model whose weights these are: the two are one network, and go together."""
    temperature: float = 1.0
    """Logits are divided by this before they are told as probabilities (Guo et al. 2017)."""


def read_card(path: Path) -> Card:
    """Read a card.

    Raises:
        Rejected: there is no such file, or it is not a card; the message says where.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Card)
    except OSError as error:
        raise Rejected(f"{path}: no model card can be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected(f"{path}: not a model card: {error}") from error


def measured(
    measure: str, part: str, numbers: Literal["int8", "float32"], right: int, n: int
) -> Accuracy:
    """Return the accuracy of `right` answers out of `n`, rounded for print."""
    low, high = wilson(right, n)
    value = right / n if n else 0.0
    return Accuracy(measure, part, numbers, round(value, 4), n, round(low, 4), round(high, 4))
