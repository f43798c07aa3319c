"""The numbers of the kernel: what happens to a walker, what is noted about a request, seconds of TCP.

What to watch: here and wherever a part gives a name in capitals to a number, the build writes the number itself in
place of the name; only then can the C compiler jump to a case instead of asking for one after the other.
"""

from simulator.plan.words import Outcome
from simulator.workload.interventions import Do
from simulator.workload.table import Work

# what happens to a walker when its event comes
START, GO_ON, RETRY, SYN_TIMEOUT, GIVE_UP, GRANTED, COMPUTED, INTERRUPTED = range(8)
SWITCH, PATIENCE, WAKE, ACCEPTED, SEATED, SHAKEN, BACK, REPEATED = range(8, 16)

# flags of a request
SETTLED, ABORTED, QUEUED, EAGER, HALF_OPEN, DATA_LATE = 1, 2, 4, 8, 16, 32

# how a request ends
COMPLETED = int(Outcome.COMPLETED)
REFUSED = int(Outcome.REFUSED)
GAVE_UP = int(Outcome.GAVE_UP)
CRASHED = int(Outcome.CRASHED)
BAD_GATEWAY = int(Outcome.BAD_GATEWAY)
BROKEN = int(Outcome.BROKEN)

# what an intervention does
KILL = int(Do.KILL)
SLOW_IO = int(Do.SLOW_IO)
SLOTS = int(Do.SLOTS)
CORES = int(Do.CORES)

# what a phase of a request is
NOTHING = int(Work.NONE)
CPU = int(Work.CPU)

INFINITY = float("inf")

# seconds, as named in simulator.engine.simpy_backlog
LEAST_TIMEOUT = 0.2
SYN_ACK = 1.0
LAST_SYN_ACK = 31.0
REMEMBERED = 63.0
COOKIE_VALID = 120.0
