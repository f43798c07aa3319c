"""The latest few answers, so that a question asked again, as by every frame of a paused picture, costs nothing."""

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Latest(dict[Key, Value]):
    """A dictionary that forgets its oldest entry when it has more than so many."""

    def __init__(self, most: int) -> None:
        """Empty, for at most ``most`` entries."""
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        super().__setitem__(key, value)
        if len(self) > self._most:
            del self[next(iter(self))]
