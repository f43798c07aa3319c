"""The parts of the kernel (``simulator/engine/kernel``) joined into the one file that Cython compiles, for setup.py.

A part is an ordinary Python module. What becomes of it is decided by what it says:

* What a function returns decides who may call it. One that returns a C type (``cython.void``, a struct) becomes a C
  function that does not hold Python's lock and is not asked for errors; decorators that it has already are kept. One
  that returns anything else (``None``, ``bool``, ``Any``) stays a Python function.
* A name in capitals that a part gives to a number, and a member of an enumeration, are replaced by the number itself.
  Nothing else of the project than such names may be imported; only the statement that defines one is executed, and the
  enumerations that it names.
* A class derived from ``cython.struct`` becomes a C struct.
* Imports of other parts decide the order, and are dropped.

What to watch: nothing here runs when the simulator runs, and nothing but the standard library may be imported: pip
builds in an environment of its own.
"""
