from enum import StrEnum


class HabitsStage(StrEnum):
    DECLINING = "declining"
    DORMANT = "dormant"
    GROWING = "growing"
    LOST = "lost"
    MATURE = "mature"
    NEW = "new"

    def __str__(self) -> str:
        return str(self.value)
