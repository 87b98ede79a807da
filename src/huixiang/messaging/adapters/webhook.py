"""Messages to programs of the retailer's own: a signed webhook, as push is, with the member instead of a device.

Where a message may go stands in the channels file, under a name; who sends says the name and never an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huixiang.kernel.clock import Clock
from huixiang.messaging.adapters.push import TIMEOUT_S, Push
from huixiang.messaging.adapters.settings import Gateway
from huixiang.messaging.model import Parcel
from huixiang.platform.outward import Outward


class Webhook(Push):
    name = "webhook"

    def __init__(self, gateways: Mapping[str, Gateway], clock: Clock, *, private: bool) -> None:
        """private: they may stand on a private network, without TLS; for tests and a machine of one's own."""
        self._gateways = gateways
        self._clock = clock
        self._outward = Outward(TIMEOUT_S, private=private)

    def gateway_of(self, parcel: Parcel) -> Gateway | None:
        return self._gateways.get(parcel.address)

    def receiver_of(self, parcel: Parcel) -> dict[str, Any]:
        return {"member_id": parcel.member_id}
