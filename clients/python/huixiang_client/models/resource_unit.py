from enum import StrEnum


class ResourceUnit(StrEnum):
    FEN = "fen"
    PIECES = "pieces"
    PLACES = "places"
    USES = "uses"

    def __str__(self) -> str:
        return str(self.value)
