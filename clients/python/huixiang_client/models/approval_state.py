from enum import StrEnum


class ApprovalState(StrEnum):
    DONE = "done"
    EXPIRED = "expired"
    FAILED = "failed"
    GRANTED = "granted"
    REFUSED = "refused"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"

    def __str__(self) -> str:
        return str(self.value)
