from enum import StrEnum


class TransferPurpose(StrEnum):
    MERGE = "merge"
    POOL_CONTRIBUTION = "pool_contribution"
    POOL_RETURN = "pool_return"
    TRANSFER = "transfer"
    UNMERGE = "unmerge"

    def __str__(self) -> str:
        return str(self.value)
