from enum import StrEnum


class PlacedState(StrEnum):
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FULFILLED = "fulfilled"
    PLACED = "placed"

    def __str__(self) -> str:
        return str(self.value)
