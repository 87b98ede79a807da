from enum import StrEnum


class OrderState(StrEnum):
    COMPLETED = "completed"
    REFUNDED = "refunded"

    def __str__(self) -> str:
        return str(self.value)
