"""What every word of a plan means, in ten operations: the one table that the lowering, the tests and the pages read.

What to watch: a word of a plan is what a model says, an operation is what somebody then does with a station, a moment
or another walker. The kernel's micro-steps are ways of doing one; ``simulator.engine.lowering.program`` says of which.
Who is turned away, or is too late, ends by the word's own outcome; that is not told here.
"""

from enum import Enum

from simulator.plan.blocks import Branch, Enqueue, Retry, Scale, Within
from simulator.plan.plan import Plan
from simulator.plan.steps import (
    Accept,
    AcceptEagerly,
    Allocate,
    Choose,
    Compute,
    Connect,
    Crash,
    End,
    Handle,
    Limit,
    Linger,
    Receive,
    Release,
    Retire,
    Seize,
    Send,
)


class Operation(Enum):
    """One of ten; its value is what it does."""

    SEIZE = "take so much of something limited, or wait in its queue"
    RELEASE = "give it back, to the next who waits; leave a process"
    TAKE = "somebody who serves takes one who waits into its hand, works for it, and hands it on"
    WORK = "so many seconds on a core, under a lock or not"
    UNTIL = "wait for a moment, or be called away at one"
    GO = "go one way or another"
    PICK = "choose one of several"
    SPAWN = "another row begins"
    SET = "a capacity, a factor, or what is alive becomes another"
    END = "a request ends, or its process with all in it"


Meaning = tuple[Operation, ...]
"""What a word may come to, once or several times."""

MEANINGS: dict[type, Meaning] = {
    Connect: (Operation.UNTIL, Operation.SEIZE),
    Accept: (Operation.SEIZE,),
    AcceptEagerly: (Operation.TAKE, Operation.WORK),
    Seize: (Operation.SEIZE,),
    Release: (Operation.RELEASE,),
    Receive: (Operation.UNTIL,),
    Compute: (Operation.WORK,),
    Handle: (Operation.WORK, Operation.UNTIL, Operation.END),
    Send: (Operation.UNTIL,),
    Linger: (Operation.UNTIL,),
    Choose: (Operation.PICK,),
    Limit: (Operation.SEIZE,),
    Allocate: (Operation.SEIZE, Operation.END),
    End: (Operation.END,),
    Crash: (Operation.END,),
    Retire: (Operation.SET,),
    Within: (Operation.UNTIL,),
    Branch: (Operation.GO,),
    Enqueue: (Operation.SPAWN,),
    Scale: (Operation.UNTIL, Operation.GO, Operation.SET),
    Retry: (Operation.UNTIL, Operation.SPAWN),
    Plan: (Operation.SPAWN, Operation.RELEASE, Operation.END),
}
"""Of every step and every block, and of what is said of a whole plan: a row begins, leaves its process, ends."""

TIMELINE: Meaning = (Operation.UNTIL, Operation.SET, Operation.END)
"""What is done to a server during a run; no word of a plan says it."""
