"""How much may be looked at: one count of nodes for a whole quote (law P12).

A node is about as much work wherever it is counted: a state of linked lines, a portion of a combination that is priced,
a rule in a bound.
"""

from __future__ import annotations

from collections.abc import Callable

A_BREATH = 50  # nodes: some tenths of a millisecond
Pause = Callable[[], None]


def no_pause() -> None:
    """What is done between two breaths of a search that nobody waits beside."""


class TooMany(Exception):
    """More states than may be looked at."""


class Budget:
    """`left` of `nodes_max` nodes. pause: called again and again while nodes are spent."""

    __slots__ = ("_breath", "left", "nodes_max", "pause")

    def __init__(self, nodes_max: int, pause: Pause) -> None:
        self.nodes_max = nodes_max
        self.left = nodes_max
        self.pause = pause
        self._breath = A_BREATH

    @property
    def used(self) -> int:
        return self.nodes_max - self.left

    def take(self, nodes: int) -> None:
        """So many more. Raises TooMany, and then counts none."""
        if self.left < nodes:
            raise TooMany
        self.spend(nodes)

    def spend(self, nodes: int) -> None:
        """So many more, whether or not they are left."""
        self.left -= nodes
        self._breath -= nodes
        if self._breath <= 0:
            self._breath = A_BREATH
            self.pause()
