from enum import StrEnum


class ListPaymentsState(StrEnum):
    CONFIRMED = "confirmed"
    FAILED = "failed"
    SENT = "sent"
    VOIDED = "voided"

    def __str__(self) -> str:
        return str(self.value)
