"""A training allocates the same large arrays at every step: from large pages they come for nothing.

glibc gives big blocks back to the kernel when they are freed, which clears every page again at the
next step; on a virtual machine that was a third of the time. Its tunables are read once, at the
start of a process (glibc manual, "Memory Allocation Tunables"; hugetlb since glibc 2.35).
"""

import os
import sys

TUNABLES = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_MMAP_THRESHOLD_": str(8 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
}


def start_again_with_large_pages() -> None:
    """Replace this process by itself with the tunables set, unless they are set already."""
    if sys.platform != "linux" or all(name in os.environ for name in TUNABLES):
        return
    os.environ.update(TUNABLES)
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606  ourselves, as we were called
