from enum import StrEnum


class CatalogueRowOutcomeOutcome(StrEnum):
    CREATED = "created"
    REFUSED = "refused"
    STALE = "stale"
    UNCHANGED = "unchanged"
    UPDATED = "updated"

    def __str__(self) -> str:
        return str(self.value)
