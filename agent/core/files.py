"""Files that people put in place: opened only where they are files."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path, *, buffered: bool = True) -> BinaryIO:
    """Open a regular file for reading, in binary; a pipe or a device might never end.

    A secret is not `buffered`: no copy of it stays behind.

    Raises:
        OSError: It cannot be opened, or is no regular file.
    """
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe's writer may not come
    mode = os.fstat(file).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(file, "rb", -1 if buffered else 0)
    os.close(file)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is no file", str(path))
