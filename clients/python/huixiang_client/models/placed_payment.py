from enum import StrEnum


class PlacedPayment(StrEnum):
    DUE = "due"
    NONE = "none"
    PAID = "paid"

    def __str__(self) -> str:
        return str(self.value)
