"""What verifies the code of a card where nobody can be asked."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class KeyTurn(msgspec.Struct, frozen=True):
    """From when the codes of cards are signed with the key of a generation."""

    generation: int
    signs_from: datetime


class CardKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key as RFC 8037 writes it. kid: 8 hexadecimal digits. signs_from: None for the first one of an
    installation and for the next one, which has not signed yet. signs_until: None where that is open."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    use: Literal["sig"] = "sig"
    kid: str
    x: str
    state: Literal["former", "current", "next"]
    signs_from: datetime | None = None
    signs_until: datetime | None = None


class CardKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What codes of cards are verified with. life_s: of a code. good_for_s: so long after they were asked for the keys
    may be used without asking anew."""

    version: int
    life_s: int
    good_for_s: int
    keys: list[CardKey]


class CardKeysRotatedLately(DomainError):
    """Tills that are cut off need not know the next key yet. Field: free_at."""

    code = "card_keys_rotated_lately"
    status = 409
    title = Text(zh="密钥刚轮换过", en="Rotated lately")
    detail = Text(
        zh="离线收银机可能还没有下一把公钥，请在 {free_at} 之后轮换，或选择立即轮换。",
        en="Tills that are offline need not know the next key before {free_at}; only a rotation at once is done now.",
    )
