"""The numbers of the kernel: micro-steps, what an entry of the heap means, flags, how a request ends.

What to watch: here and wherever a part gives a name in capitals to a number, the build writes the number itself in
place of the name; only then can the C compiler jump to a case instead of asking for one after the other.

A waiting state is a place in the program. Whoever waits, waits *at* a micro-step; when its event comes it goes on with
the one after that. So a step that can wait for different things is followed by one step for each answer.
"""

from simulator.plan.words import Outcome

# what the kernel executes; operands are those of ``layout.Code``
START, SEIZE, RELEASE, PART = 1, 2, 3, 4
RUN, LOCKRUN, AGAIN, GRANTED, DONE, IO = 6, 7, 8, 9, 10, 11
NOTE, SHAKE, KNOCK, COUNT, LATE_SYN, REPEATED, RECEIVE, SEND, END = 12, 13, 14, 15, 16, 17, 18, 19, 20
WAIT, REST, LOOK, HOLD, FRESH, TAKE, HANDOVER = 21, 22, 23, 24, 25, 26, 27
AT, KILL, FACTOR, SLOTS, CORES = 28, 29, 30, 31, 32

# what an entry of the heap is about
RESUME, PATIENCE, BOOT, BEGIN = range(4)

# whether a lock is kept when the work is done
NEVER, ALWAYS, IF_NEXT_COMPUTES = range(3)

# flags of a request
SETTLED, QUEUED, HALF_OPEN, DATA_LATE, LEAVING = 1, 2, 4, 8, 16

# how a request ends
COMPLETED = int(Outcome.COMPLETED)
REFUSED = int(Outcome.REFUSED)
GAVE_UP = int(Outcome.GAVE_UP)
CRASHED = int(Outcome.CRASHED)
BAD_GATEWAY = int(Outcome.BAD_GATEWAY)
BROKEN = int(Outcome.BROKEN)

NOWHERE = -(2**31)
"""The place of a walker for whom no event has a meaning any more."""
NO_LIMIT = 2**31 - 1
INFINITY = float("inf")
