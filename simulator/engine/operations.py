"""The operations of a lowered program, one for every place of a plan: lowering writes them, the kernel reads them."""

CONNECT, SEIZE, WAIT, TAKEN, RELEASE, RECEIVE, COMPUTE, PHASE, SEND = range(9)
