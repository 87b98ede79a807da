from enum import StrEnum


class PoolTicketState(StrEnum):
    CAPTURED = "captured"
    HELD = "held"
    RELEASED = "released"

    def __str__(self) -> str:
        return str(self.value)
