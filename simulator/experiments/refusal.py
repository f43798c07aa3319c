"""The two ways in which a command can fail: the user can put it right, or only we can."""


class RefusalError(Exception):
    """The command cannot be carried out as typed; the message says what was given, what was expected, what to do.

    One message and exit code 2, never a traceback.
    """


class InvariantError(Exception):
    """A run contradicts itself: a mistake in the program, never the user's. Nothing of such a run is shown."""
