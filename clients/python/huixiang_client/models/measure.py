from enum import StrEnum


class Measure(StrEnum):
    AMOUNT = "amount"
    GRAM = "gram"
    PIECE = "piece"

    def __str__(self) -> str:
        return str(self.value)
