from enum import StrEnum


class PointsDifferenceKind(StrEnum):
    FIGURES = "figures"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"

    def __str__(self) -> str:
        return str(self.value)
