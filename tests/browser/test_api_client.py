"""The generated TypeScript client at the running installation, outside of a page: types are checked by `make check`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from huixiang.staff import service as staff
from tests.browser.conftest import in_thread
from tests.browser.world import WANG, World, opened

WEB = Path(__file__).parents[2] / "web"


async def made_key(world: World) -> str:
    async with opened(world.settings) as db, db.transaction() as tx:
        return (await staff.create_key(tx, "client", staff.SCOPES, "tests")).token


@pytest.mark.requirement("INT-01")
def test_the_typescript_client_at_a_running_server(world: World, tmp_path: Path) -> None:
    finder = [str(WEB.parent / "tools" / "node")]
    node = subprocess.run(finder, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own
    made = str(tmp_path / "calls.mjs")
    bundler, calls = str(WEB / "node_modules" / ".bin" / "rolldown"), str(WEB / "api" / "test" / "calls.ts")
    bundle = [f"{node}/node", bundler, calls, "--file", made, "--format", "esm", "--platform", "node"]
    subprocess.run(bundle, cwd=WEB, check=True, capture_output=True)  # noqa: S603 - our own build
    token, member_id = in_thread(made_key(world)), str(world.member_ids[WANG])
    call = [f"{node}/node", made, world.address, token, member_id]
    ran = subprocess.run(call, check=False, capture_output=True, text=True, timeout=60)  # noqa: S603 - the client
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    seqs = found.pop("seqs")
    assert seqs == sorted(seqs, reverse=True)
    assert len(set(seqs)) == 4
    assert found.pop("balance") == world.wang_points
    assert found == {
        "opened": 201,
        "same": True,
        "replayed": "true",
        "unknown": "404 order_unknown",
        "stranger": "401 not_authenticated",
    }
