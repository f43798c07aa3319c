"""A bounded cache that can be asked what it knows: who looks does not have to make what is missing.

Where that is not needed, ``functools`` does the same. What is given to it must not hold the object that keeps the
result, or a run that nobody looks at any more stays in memory until the garbage is collected.
"""

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedCache(dict[Key, Value]):
    """A dictionary that forgets its oldest entry when it has more than so many."""

    def __init__(self, most: int) -> None:
        """Empty, for at most ``most`` entries."""
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        super().__setitem__(key, value)
        if len(self) > self._most:
            del self[next(iter(self))]
