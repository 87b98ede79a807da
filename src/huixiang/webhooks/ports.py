"""What webhooks need from outside."""

from __future__ import annotations

from typing import Protocol


class SecretProvider(Protocol):
    def secret(self, purpose: str) -> bytes:
        """32 random bytes that are this installation's for one purpose, the same at every call and in every process.
        Webhooks ask for `webhooks`."""
        ...
