"""The kernel: the same meaning as the reference engine, as one loop over columns of numbers.

Ordinary Python in Cython's notation: joined into one file and compiled when the package is built
(``simulator.engine.joining``), correct and slow when it is not. Read ``simulator.engine.reference`` first; the
functions here have the names of its methods, and do the same in the same order, because ties in time are broken by the
order of scheduling. Four sources of events, the earliest goes next:

* what is known before the run: interventions, then arrivals of an open loop, already sorted (``coming``);
* the heap of everything that was scheduled for a time (``push``);
* the one job that will leave the cores next (``core_due``);
* hops: walkers that were given something at this very moment (``hop``).

A walker is a request (its row) or, from ``n`` on, an acceptor. Every part is functions over one object (``Kernel``),
and imports only parts that come before it. Functions that return a C type are declared not to raise: asking after every
call whether one did costs a fifth of the speed. Only the growth of a column can fail, and it says so (``lengthen``).

Python calls what is imported here.
"""

from simulator.engine.kernel.loop import advance, columns, grants_so_far, ran_out, time
from simulator.engine.kernel.reading import set_up
from simulator.engine.kernel.storage import COMPILED

__all__ = ["COMPILED", "advance", "columns", "grants_so_far", "ran_out", "set_up", "time"]
