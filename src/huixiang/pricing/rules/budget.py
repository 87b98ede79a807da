"""How much may be looked at: one count of nodes for a whole quote (law P12).

A node is about as much work wherever it is counted: a state of linked lines, a portion of a combination that is priced,
a rule in a bound.
"""

from __future__ import annotations


class TooMany(Exception):
    """More states than may be looked at."""


class Budget:
    """`left` of `nodes_max` nodes."""

    __slots__ = ("left", "nodes_max")

    def __init__(self, nodes_max: int) -> None:
        self.nodes_max = nodes_max
        self.left = nodes_max

    @property
    def used(self) -> int:
        return self.nodes_max - self.left

    def take_state(self) -> None:
        """One more state of linked lines. Raises TooMany, and then counts none."""
        if self.left <= 0:
            raise TooMany
        self.left -= 1

    def take(self, nodes: int) -> None:
        """So many more. Raises TooMany, and then counts none."""
        if self.left < nodes:
            raise TooMany
        self.left -= nodes
