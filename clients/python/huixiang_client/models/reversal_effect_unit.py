from enum import StrEnum


class ReversalEffectUnit(StrEnum):
    GROWTH = "growth"
    POINTS = "points"

    def __str__(self) -> str:
        return str(self.value)
