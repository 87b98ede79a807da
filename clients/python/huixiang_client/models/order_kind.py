from enum import StrEnum


class OrderKind(StrEnum):
    PLACED = "placed"
    TILL = "till"

    def __str__(self) -> str:
        return str(self.value)
