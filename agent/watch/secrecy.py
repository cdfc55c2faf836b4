"""What this process has in memory stays there: no core dump, no other program that reads it."""

import contextlib
import ctypes
import logging
import resource

PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4

_log = logging.getLogger(__name__)


def keep_memory_private() -> bool:
    """Forbid core dumps of this process and its tracing by its own user; say whether that holds.

    Plates, keys and pictures lie in its memory. Sources: prctl(2), ptrace(2), core(5). The swap is
    the service manager's part (MemorySwapMax= in systemd/sereno.service).
    """
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    with contextlib.suppress(OSError, ValueError):  # a sandbox may forbid this call too
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:  # a sandbox may forbid the call
        _log.warning("core dumps cannot be forbidden here: errno %d", ctypes.get_errno())
        return False
    return True
