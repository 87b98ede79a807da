"""Pricing that may take long, in threads of its own, so that others are answered meanwhile.

A full explanation is a search for each rule that was not applied: up to two seconds on the widest baskets. Threads
share one interpreter with the loop, so more of them would make nothing quicker and everything else slower.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from huixiang.platform.failures import Overloaded

T = TypeVar("T")

THREADS = 2
WAITING = 16
# Lines and coupons of a basket, once for each payment method that is asked for: up to some milliseconds.
ON_LOOP = 60

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pricing")
_room = BoundedSemaphore(THREADS + WAITING)


async def aside(work: Callable[[], T]) -> T:
    """Do work that waits for nothing, after what was asked before. Raises Overloaded where too much waits already."""
    if not _room.acquire(blocking=False):
        raise Overloaded
    done = _threads.submit(work)
    done.add_done_callback(lambda _: _room.release())
    return await asyncio.wrap_future(done)
