"""Hear a provider that calls."""

from __future__ import annotations

from huixiang.messaging.model.receipts import Call, CallbackRefused, Heard
from huixiang.messaging.service.wiring import wiring


def hear(name: str, call: Call) -> Heard:
    """What a call says; nothing of it is kept: `receive` each of its receipts. Raises CallbackRefused, also where
    nobody of this name is configured."""
    callback = wiring().callbacks.get(name)
    if callback is None:
        raise CallbackRefused
    return callback.hear(call)
