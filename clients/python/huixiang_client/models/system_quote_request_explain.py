from enum import StrEnum


class SystemQuoteRequestExplain(StrEnum):
    BRIEF = "brief"
    FULL = "full"

    def __str__(self) -> str:
        return str(self.value)
