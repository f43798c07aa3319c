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
WAIT, REST, LOOK, HOLD, TAKE, HANDOVER = 21, 22, 23, 24, 26, 27
AT, KILL, FACTOR, SLOTS, CORES = 28, 29, 30, 31, 32
ARM, DISARM, PICK, PUT_BACK, LUCK, BUSY, JUMP, STOP = 34, 35, 36, 37, 38, 39, 40, 41
TOKEN, ALLOCATE, FREE, DOOM, DIE, RETIRE = 42, 43, 44, 45, 46, 47
ENQUEUE, JOINED, IO_RUN = 48, 49, 50
TICK, CHECK, GROW = 51, 52, 53

# what an entry of the heap is about
RESUME, PATIENCE, BOOT, BEGIN, REFILL = range(5)

# whether a lock is kept when the work is done
NEVER, ALWAYS, IF_NEXT_COMPUTES = range(3)

# flags of a request
SETTLED, QUEUED, HALF_OPEN, DATA_LATE, LEAVING, JOB, REDELIVERED, HOLDING = 1, 2, 4, 8, 16, 32, 64, 128

# what a number of a request stands for: which copy it uses, what a slot decides
NOTHING, PROCESS, GROUP = range(3)

# how an upstream is chosen
IN_TURN, LEAST_IN_HAND, RANDOM = range(3)

# of which rows a run needed more than there are
OF_ROUNDS, OF_FURTHER = 1, 2

# what happens when a time limit is over
STOPS, GOES_ON, KILLS = range(3)

# how a request ends
COMPLETED = int(Outcome.COMPLETED)
REFUSED = int(Outcome.REFUSED)
GAVE_UP = int(Outcome.GAVE_UP)
CRASHED = int(Outcome.CRASHED)
BAD_GATEWAY = int(Outcome.BAD_GATEWAY)
BROKEN = int(Outcome.BROKEN)
NONE = -1
"""No outcome: the process dies instead."""

NOWHERE = -(2**31)
"""The place of a walker for whom no event has a meaning any more."""
NO_LIMIT = 2**31 - 1
INFINITY = float("inf")
