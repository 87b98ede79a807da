from enum import StrEnum


class TicketState(StrEnum):
    CONFIRMED = "confirmed"
    FREED = "freed"
    RESERVED = "reserved"

    def __str__(self) -> str:
        return str(self.value)
