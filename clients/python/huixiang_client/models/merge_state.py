from enum import StrEnum


class MergeState(StrEnum):
    DONE = "done"
    MOVING = "moving"
    REFUSED = "refused"
    UNDOING = "undoing"
    UNDONE = "undone"

    def __str__(self) -> str:
        return str(self.value)
