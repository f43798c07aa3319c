"""The kernel: the same meaning as the reference engine, as one loop over programs and arrays.

Ordinary Python in Cython's notation: joined into one file and compiled when the package is built
(``simulator.engine.joining``), correct and slow when it is not. A plan is lowered to one program for each class of
requests (``simulator.engine.lowering``). Four nouns: whoever goes through a program is a *walker* (a request, an
acceptor); what is limited, with a queue before each copy, is a *station*; what dies together is an *instance*; what is
set at one step and forgotten at another is an entry of a *ring*. Read ``program`` first, then ``loop``.

Every part is functions over one object (``Kernel``), and imports only parts that come before it. Functions that return
a C type are declared not to raise: asking after every call whether one did costs a fifth of the speed. Only the growth
of an array can fail, and it says so (``lengthen``).

Python calls what is imported here.
"""

from simulator.engine.kernel.loop import advance
from simulator.engine.kernel.reading import columns, grants_so_far, ran_out, set_up, time
from simulator.engine.kernel.storage import COMPILED

__all__ = ["COMPILED", "advance", "columns", "grants_so_far", "ran_out", "set_up", "time"]
