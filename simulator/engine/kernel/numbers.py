"""The numbers of the kernel: micro-steps, what an entry of the heap means, flags, how a request ends.

What to watch: here and wherever a part gives a name in capitals to a number, the build writes the number itself in
place of the name; only then can the C compiler jump to a case instead of asking for one after the other.

A waiting state is a place in the program. Whoever waits, waits *at* a micro-step; when its event comes it goes on with
the one after that. So a step that can wait for different things is followed by one step for each answer.
"""

from simulator.plan.words import Outcome

# what the kernel executes; operands are those of ``layout.Code``
(
    NO_STEP,
    # the life of a request
    START,
    SEIZE,
    RELEASE,
    PART,
    NOTE,
    END,
    # computing, under a lock or not, and waiting for I/O
    RUN,
    LOCKRUN,
    AGAIN,
    GRANTED,
    DONE,
    CALLS,
    RETAKEN,
    LET_GO,
    IO,
    IO_RUN,
    BLOCK,
    STAND,
    ENTER,
    ENTERED,
    LEAVE,
    # connecting, and bytes on a line
    SHAKE,
    KNOCK,
    COUNT,
    LATE_SYN,
    REPEATED,
    ADMITTED,
    RECEIVE,
    RECEIVE_LATE,
    SEND,
    LINGER,
    # waiting for an acceptor, and what that does
    WAIT,
    REST,
    LOOK,
    BY,
    HOLD,
    TAKE,
    HANDOVER,
    # the timeline, and pools that grow and shrink
    AT,
    KILL,
    FACTOR,
    SLOTS,
    CORES,
    TICK,
    CHECK,
    GROW,
    # time limits, branches, jobs
    ARM,
    DISARM,
    LUCK,
    BUSY,
    JUMP,
    STOP,
    ENQUEUE,
    JOINED,
    # what is limited without slots
    PICK,
    PUT_BACK,
    TOKEN,
    ALLOCATE,
    FREE,
    # the end of a process
    DOOM,
    STRIKE,
    DIE,
    RETIRE,
) = range(64)

# what an entry of the heap is about
RESUME, PATIENCE, BOOT, BEGIN, REFILL = range(5)

# what an event of a ring does, that is not of a time limit
SWITCHES, WAKES, CLOCKS = -1, -2, -3
LAST = 2**62
"""No other event has a number as high: clocks run out behind all else of that moment, lock by lock."""

LOOKED_AT = -2
"""How often whoever asks for a lock gets it, where nobody asks: somebody looks who has had it for long."""
AT_A_LOOK = 1e-9
"""Of the time between two looks: rounding must not make one come before itself."""

HALF_OPEN_RINGS = 24
"""One for the first wait of a half-open connection, one for the second ...: as many as fit into a minute."""

FINEST, COARSER, MOST_TICKS = 63, 8, 2.0**40
"""So many waits each level of the wheel of timers is for, how much coarser the next is, and when it is no use."""
HARDLY, ALMOST = 1e-6, 1.0 - 1e-6
"""Of a tick of that wheel."""
CROWD = 8
"""Twice as many handshakes as are half open: if they are no more than this, none is forgotten before its time."""

# whether a lock is kept when the work is done
NEVER, ALWAYS, IF_NEXT_COMPUTES = range(3)

# flags of a request
SETTLED, QUEUED, HALF_OPEN, DATA_LATE, LEAVING, JOB, REDELIVERED, HOLDING = 1, 2, 4, 8, 16, 32, 64, 128
PASSED_ON_LATE, FORGOTTEN = 256, 512

# what a number of a request stands for: which copy it uses, what a slot decides
NOTHING, PROCESS, GROUP = range(3)

# how an upstream is chosen
IN_TURN, LEAST_IN_HAND, RANDOM, HASHED = range(4)

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
NO_OUTCOME = -1
"""The process dies instead."""

HERD = -1
"""What hops where several acceptors are woken at once: all of them, one after the other."""
NOWHERE = -(2**31)
"""The place of a walker for whom no event has a meaning any more."""
NO_LIMIT = 2**31 - 1
INFINITY = float("inf")

# the quota of a container
QUOTA_PERIOD_S = 0.1
CLOSE, SPENT_S = 1e-9, 1e-12
"""A period has begun, and a quota is used up, also where rounding leaves the smallest part of it."""
