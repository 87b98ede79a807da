from enum import StrEnum


class ExchangeDirection(StrEnum):
    CANCELLED = "cancelled"
    IN = "in"
    OUT = "out"

    def __str__(self) -> str:
        return str(self.value)
