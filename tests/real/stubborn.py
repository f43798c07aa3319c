"""Programs that do what a server should not: ``python -m tests.real.stubborn MANNER FILE``."""

import os
import signal
import sys
import time
from pathlib import Path

manner, file = sys.argv[1:]
if manner == "dies":
    sys.exit("the disk is full")
if manner == "babbles":
    print("ready", flush=True)
if manner == "clings":  # keeps a child, and neither of them listens to stdin or to SIGTERM
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork():
        Path(file).write_text(str(os.getpid()))
        print(1, flush=True)
    time.sleep(3600)
sys.stdin.read()
