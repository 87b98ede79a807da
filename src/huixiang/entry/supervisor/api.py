"""One API process: `python -m huixiang.entry.supervisor.api FD FACTORY`, on a socket the supervisor listens on.

All API processes accept from the same socket, so a connection that arrives while one is started again waits in the
queue instead of being refused.
"""

from __future__ import annotations

import gc
import logging
import socket
import sys

import structlog
import uvicorn

from huixiang.platform.settings import Settings
from huixiang.platform.telemetry import configure_logging
from huixiang.pricing.service import ENGINE

KEEP_ALIVE_S = 30
SWITCH_S = 0.0005  # for so long a thread that prices a basket may keep the loop waiting, each time it wants to go on
log = structlog.get_logger(__name__)


def main(handle: int, factory: str) -> None:
    settings = Settings.load()
    configure_logging(settings.log_level, settings.log_format)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        factory,
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=settings.stop_seconds,
    )
    config.load()
    sys.setswitchinterval(SWITCH_S)
    # A collection of everything that was imported takes a tenth of a second, in which nobody is answered.
    gc.collect()
    gc.freeze()
    log.info("api_ready", pricing_engine=ENGINE)
    with socket.socket(fileno=handle) as listener:
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
