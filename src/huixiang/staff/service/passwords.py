"""Passwords: argon2id in a thread, because one hash takes tens of milliseconds and 46 MiB."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import argon2

# The first choice of OWASP's Password Storage Cheat Sheet. A stored hash names its own parameters.
_HASHER = argon2.PasswordHasher(memory_cost=46 << 10, time_cost=1, parallelism=1)
# No more at once than this, so that guessing cannot take the machine's memory; further ones queue.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Twenty characters that are not easily misread: 100 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Without a hash the answer is no, after the same time."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, _matches, password_hash, password)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        _HASHER.verify(password_hash or _hash_of_nobody(), password)
    except argon2.exceptions.VerifyMismatchError:
        return False
    return password_hash is not None


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))
