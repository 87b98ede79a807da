"""What tiers and plans are called now."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from huixiang.kernel.text import Text
from huixiang.plans.model import KIND, Gives, PlanTerms
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.tiers import service as tiers
from huixiang.tiers.model import TierRules


class Names(msgspec.Struct, frozen=True):
    """Of what is in force, by its kind and code."""

    known: Mapping[tuple[Gives, str], Text]

    @classmethod
    async def read(cls, tx: Transaction, plans: Collection[str]) -> Names:
        """Of all tiers, and of these plans."""
        known: dict[tuple[Gives, str], Text] = {}
        asked = [tiers.DOCUMENT, *((KIND, plan) for plan in plans)]
        for (kind, code), line in (await rulebook.timelines(tx, asked)).items():
            document = line.find(tx.now)
            if document is not None and kind == KIND:
                known["plan", code] = document.read(PlanTerms).name
            elif document is not None:
                known |= {("tier", tier.code): tier.name for tier in document.read(TierRules).tiers}
        return cls(known)

    def of(self, gives: Gives, code: str) -> Text:
        """Its name, or its code where it is no more."""
        return self.known.get((gives, code)) or Text(zh=code, en=code)
