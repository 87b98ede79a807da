"""Whether a password that somebody chose may be theirs: not guessed easily, and in no list of breaches.

How many guesses it takes is what `zxcvbn` reckons, which knows the 30,000 commonest passwords, words and names, and
what people make of them: digits behind, letters replaced, dates, repetitions, rows of keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.staff.model import Account
from huixiang.staff.model.passwords import PasswordBreached, PasswordCommon, PasswordOfTheHouse
from huixiang.staff.ports import BreachedPasswords


class PasswordTerms(msgspec.Struct, frozen=True):
    """words: of the retailer, its brands and this installation. breached: passwords that are known from breaches; None
    where the installation has no list of them."""

    words: tuple[str, ...] = ()
    breached: BreachedPasswords | None = None


GUESSES_LEAST = 10**10
# The first so many characters have to suffice: no more are reckoned with.
_LOOKED_AT = 72
_wired: dict[str, PasswordTerms] = {}
# One at a time: the library keeps the words of a call in a table of its own.
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")


def use_password_terms(terms: PasswordTerms) -> None:
    """Called once by each process before it serves."""
    _wired["passwords"] = terms


async def check_fitness(password: str, account: Account) -> None:
    """Raises PasswordCommon, PasswordOfTheHouse, PasswordBreached; and HashFileRefused where the list of breaches
    cannot be read any more."""
    terms = _wired.get("passwords") or PasswordTerms()
    words = [*terms.words, account.username, account.display_name, *account.display_name.split()]
    loop = asyncio.get_running_loop()
    refusal = await loop.run_in_executor(_THREAD, _weakness, password, words)
    if refusal is None and terms.breached is not None:
        times = await loop.run_in_executor(_THREAD, terms.breached.times, password)
        refusal = PasswordBreached(times=times) if times else None
    if refusal is not None:
        raise refusal


def _weakness(password: str, words: Sequence[str]) -> DomainError | None:
    knowing = _reckoned(password, words)
    if knowing["guesses"] >= GUESSES_LEAST:
        return None
    named = [one for one in knowing["sequence"] if one.get("dictionary_name") == "user_inputs"]
    if named and _reckoned(password, ())["guesses"] >= GUESSES_LEAST:
        return PasswordOfTheHouse(word=str(named[0]["matched_word"]))
    return PasswordCommon()


def _reckoned(password: str, words: Sequence[str]) -> dict[str, Any]:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take 14 MiB, for the few who change a password

    reckoned: dict[str, Any] = zxcvbn(password[:_LOOKED_AT], user_inputs=[one for one in words if one])
    return reckoned
