from enum import StrEnum


class InstructionState(StrEnum):
    CONFIRMED = "confirmed"
    FAILED = "failed"
    SENT = "sent"
    VOIDED = "voided"

    def __str__(self) -> str:
        return str(self.value)
