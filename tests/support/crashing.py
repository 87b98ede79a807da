"""A parent of one PostgreSQL, to be killed: `python -m tests.support.crashing HOME` prints the server's id and URL."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres


def main(home: Path) -> None:
    server = EmbeddedPostgres(Home(home), Identity.for_servers("nobody"))
    server.start()
    sys.stdout.write(f"{server.pid} {server.url('huixiang_owner')}\n")
    sys.stdout.flush()
    time.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
