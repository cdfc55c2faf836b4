"""`python -m simulators.centre`."""

import sys

from simulators.centre.cli import main

if __name__ == "__main__":
    sys.exit(main())
