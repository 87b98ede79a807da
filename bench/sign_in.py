"""How long a thousand people wait who all type their code at once.

`python -m bench sign_in`: each on a connection of its own, with a code that was asked for before; half are members,
half become it. Two API processes, as two cores get.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

import msgspec

from bench.http_installation import PROGRAM, Ground, ground
from bench.sign_in_load import Crowd, Passed
from huixiang.members import service as members
from huixiang.members.model import NewMember
from huixiang.members.service.sign_in import make_code
from huixiang.platform.db import Database, Transaction

BAR_S = 2.0
TARGET = "/api/member/v1/sign-in"
AT_ONCE = 100


class Filled:
    """Makes phones with codes while the ground is laid, so for all runs beforehand."""

    def __init__(self, people: int, runs: int) -> None:
        self._people, self._runs = people, runs
        self.bodies: list[list[str]] = []

    async def fill(self, db: Database, _members: list[str]) -> None:
        for run in range(self._runs):
            phones = [f"+86139{run:03d}{n:05d}" for n in range(self._people)]
            bodies: list[str] = []
            for start in range(0, self._people, AT_ONCE):
                async with db.transaction() as tx:
                    chunk = phones[start : start + AT_ONCE]
                    known = [NewMember(channel="till", phone=phone) for phone in chunk[::2]]
                    await members.register_bulk(tx, known)
                    bodies += [await self._body(tx, phone) for phone in chunk]
            self.bodies.append(bodies)

    @staticmethod
    async def _body(tx: Transaction, phone: str) -> str:
        made = await make_code(tx, phone)
        proof = {"challenge": made.challenge, "phone": phone, "code": made.code}
        return json.dumps(proof | {"device": {"kind": "mini_program", "name": "iPhone 17"}})


def rush(ports: list[int], bodies: list[str]) -> Passed:
    crowd = msgspec.json.encode(Crowd(ports, TARGET, bodies))
    done = subprocess.run([sys.executable, "-m", "bench.sign_in_load"], input=crowd, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Passed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    filled = Filled(given.people, given.runs)
    slowest = []
    with ground(filled.fill, bare=PROGRAM) as where:
        for bodies in filled.bodies:
            passed = rush(_ports(where), bodies)
            refused = sum(status != 200 for status in passed.statuses)
            slowest.append(max(passed.seconds))
            middle = statistics.median(passed.seconds)
            print(f"slowest {slowest[-1]:.2f} s, median {middle:.2f} s, not let in {refused}", flush=True)
            if refused:
                return 1
    print(f"\n{given.people} at once: slowest {statistics.median(slowest):.2f} s, median of {given.runs} runs")
    return int(statistics.median(slowest) > BAR_S)


def _ports(where: Ground) -> list[int]:
    """Both servers of the ground are the program: each takes half."""
    return [where.program.port, where.bare.port]


if __name__ == "__main__":
    raise SystemExit(main())
