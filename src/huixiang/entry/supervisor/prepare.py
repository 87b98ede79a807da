"""What a database needs beside its schema before requests come: the shipped rules, written once; and our keys, which
must be those it was written with. A process of its own, because the supervisor has no event loop."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from huixiang.platform.settings import PREFIX, CannotRun, Settings


def prepare(settings: Settings) -> None:
    """Run this module in a child. Raises CannotRun when it fails; the child has said why."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-P", "-m", "huixiang.entry.supervisor.prepare"]
    done = subprocess.run(command, env=ours | settings.as_environment(), check=False)  # noqa: S603 - our own module
    if done.returncode != 0:
        raise CannotRun("rules and keys could not be made ready: see the message above")


async def _prepare(settings: Settings) -> None:
    from huixiang.entry import wiring  # noqa: PLC0415 - the supervisor imports this module and needs none of these
    from huixiang.entry.keys import use_keys  # noqa: PLC0415
    from huixiang.kernel.calendar import BusinessCalendar  # noqa: PLC0415
    from huixiang.kernel.clock import SystemClock  # noqa: PLC0415
    from huixiang.members.service import check_keys  # noqa: PLC0415
    from huixiang.platform.db import Database  # noqa: PLC0415
    from huixiang.rulebook.service import load_shipped  # noqa: PLC0415

    use_keys(settings)
    wiring.register_rule_kinds()
    db = await Database.open(
        str(settings.database_url), calendar=BusinessCalendar(settings.time_zone), clock=SystemClock(), max_size=1
    )
    try:
        async with db.transaction() as tx:
            await check_keys(tx)
            await load_shipped(tx)
    finally:
        await db.close()


if __name__ == "__main__":
    asyncio.run(_prepare(Settings.load()))
