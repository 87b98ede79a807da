"""What a browser is told when somebody signs out: to forget what the pages kept (ASVS 14.3.1).

Of the directives, `storage` alone is sent. `cookies` would clear those of the whole site, the shop's too, and ours is
ended by name; `cache` has nothing to clear, because every answer with data is `no-store`. Browsers heed it over TLS
and on this machine.
"""

from __future__ import annotations

from typing import Final

CLEAR_SITE_DATA: Final = {"Clear-Site-Data": '"storage"'}
