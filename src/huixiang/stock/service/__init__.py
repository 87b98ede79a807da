"""Define what is shared, give parts of it to holders, take them back.

A taking is a transaction of its own (`take`, or `reserve` in one that does nothing else), and its holder's own rows are
written after it, naming the tickets: so no member's transaction ever waits for another member's. When those rows are
there, an outbox step confirms; what is neither confirmed nor freed in time is swept: looked up at its holder, then
confirmed or freed.
"""

from huixiang.stock.service.defining import define
from huixiang.stock.service.gating import Gated, gate_of, turned_away
from huixiang.stock.service.reading import lacking, left, list_resources, list_tickets, read_resource, room
from huixiang.stock.service.sweeping import Swept, sweep
from huixiang.stock.service.taking import take
from huixiang.stock.service.tickets import confirm, free, free_all, give_back, reserve, tickets_of

__all__ = [
    "Gated",
    "Swept",
    "confirm",
    "define",
    "free",
    "free_all",
    "gate_of",
    "give_back",
    "lacking",
    "left",
    "list_resources",
    "list_tickets",
    "read_resource",
    "reserve",
    "room",
    "sweep",
    "take",
    "tickets_of",
    "turned_away",
]
