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
ON_LOOP_NODES = 600
"""What a search may look at before it goes on aside: two milliseconds or three."""

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pricing")
_room = BoundedSemaphore(THREADS + WAITING)


async def aside(work: Callable[[], T]) -> T:
    """Do work that waits for nothing, after what was asked before. Raises Overloaded where too much waits already."""
    if not _room.acquire(blocking=False):
        raise Overloaded
    done = _threads.submit(work)
    done.add_done_callback(lambda _: _room.release())
    return await asyncio.wrap_future(done)


def breathe() -> None:
    """What a search calls while it runs aside. Machine code keeps the interpreter to itself; a function of Python hands
    it to whoever waits for it, as it begins."""
