"""What the sandbox identity provider knows: people, codes, tokens, and the faults it was told to have."""

from __future__ import annotations

import secrets
import time
from typing import Literal

import msgspec

Fault = Literal["delay", "double", "fail", "garbage", "expire", "snapshot"]
CODE_LIFE_S = 300
TOKEN_LIFE_S = 7_200


class Person(msgspec.Struct, frozen=True):
    """Somebody with accounts. union: what all applications share; open: what one application calls them."""

    name: str
    union: str | None
    open: str


class Planned(msgspec.Struct):
    """A fault of the next `times` requests of a kind: token, userinfo. seconds: of a delay."""

    fault: Fault
    at: Literal["token", "userinfo"] = "token"
    times: int = 1
    seconds: float = 0.0


class Code(msgspec.Struct):
    app_id: str
    person: Person
    expires_at: float
    used: bool = False


class Token(msgspec.Struct, frozen=True):
    person: Person
    expires_at: float


class Books:
    """One provider's state. It forgets everything when its process ends."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.planned: list[Planned] = []

    def give_code(self, app_id: str, person: Person) -> str:
        code = secrets.token_hex(16)
        self.codes[code] = Code(app_id, person, time.monotonic() + CODE_LIFE_S)
        return code

    def redeem(self, app_id: str, code: str) -> Person | Literal["unknown", "used"]:
        """Whose code it is; a code is good once, for five minutes, for the application that it was given to."""
        found = self.codes.get(code)
        if found is None or found.app_id != app_id or time.monotonic() >= found.expires_at:
            return "unknown"
        if found.used:
            return "used"
        found.used = True
        return found.person

    def give_token(self, person: Person) -> str:
        token = secrets.token_hex(20)
        self.tokens[token] = Token(person, time.monotonic() + TOKEN_LIFE_S)
        return token

    def whose(self, token: str) -> Person | None:
        found = self.tokens.get(token)
        return None if found is None or time.monotonic() >= found.expires_at else found.person

    def next_fault(self, at: Literal["token", "userinfo"]) -> Planned | None:
        """The fault that befalls a request, used up by it."""
        for planned in self.planned:
            if planned.at == at and planned.times > 0:
                planned.times -= 1
                return planned
        return None
