"""The inbox as a provider: what waited for quiet hours to end arrives by being recorded as sent."""

from __future__ import annotations

from huixiang.messaging.model import Answer, Outcome, Parcel


class Inbox:
    name = "inbox"

    async def send(self, parcel: Parcel) -> Answer:  # noqa: ARG002 - the port has it
        return Answer(Outcome.TAKEN)

    async def ask(self, parcel: Parcel) -> Answer:  # noqa: ARG002 - the port has it
        """One that is recorded as sent is in the inbox, another is not: to be asked it was not recorded."""
        return Answer(Outcome.NOT_TAKEN)

    async def close(self) -> None:
        """Nothing is open."""
