"""A node's process cannot be dumped: plates and keys lie in its memory."""

import subprocess
import sys

CODE = """
import ctypes, resource
from agent.watch.secrecy import PR_GET_DUMPABLE, keep_memory_private
assert keep_memory_private()
print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
print(open("/proc/self/status").read().count("RssAnon"))  # what health reads goes on
"""


def test_no_core_dump_is_made_of_it_and_its_own_figures_are_still_there() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0", "1"]
