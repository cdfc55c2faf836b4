"""Only regular files are opened, whatever lies at a path."""

import io
import os
from pathlib import Path

import pytest

from agent.core.files import open_regular


def test_a_file_is_opened_and_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"plate\n")
    with open_regular(path) as file:
        assert file.read() == b"plate\n"


def test_a_pipe_nobody_writes_into_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(OSError, match="it is no file"):
        open_regular(path)


def test_a_device_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="it is no file"):
        open_regular(Path("/dev/zero"))
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)


def test_what_is_refused_leaves_no_descriptor_behind(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(5):
        with pytest.raises(OSError, match="directory"):
            open_regular(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_secret_is_read_without_a_buffer(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"secret")
    with open_regular(path, buffered=False) as file:
        assert isinstance(file, io.FileIO)
        assert file.read(3) == b"sec"
