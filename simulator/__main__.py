"""``python -m simulator``: the command ``simulate``."""

import sys

from simulator.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
