from enum import StrEnum


class TransferState(StrEnum):
    ON_THE_WAY = "on_the_way"
    RECEIVED = "received"
    RETURNED = "returned"

    def __str__(self) -> str:
        return str(self.value)
