"""The built pages, served from the package: the console under /console/, the member pages under /m/.

`make web` builds them into `pages/` beside this module, where a wheel carries them. Names of assets hold the hash of
their content, so those are cached for ever; the document that names them is asked for each time. A path that is not a
file is a place inside the page and gets the document too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler

from huixiang.platform.access import public

PAGES = Path(__file__).with_suffix("")
DOCUMENT = "index.html"
HASHED = "assets/"  # where the build puts everything else, under hashed names
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # best first, with the ending of the file that holds it
# Spelled out, because a machine's own table of types may lack some and the pages forbid guessing.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

# Styles are set by scripts through the CSSOM alone and pictures come from the package, so nothing inline is allowed.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# What the documents say of the business time zone; pages reckon days in it. Must match web/{console,h5}/index.html.
BUILT_ZONE = b'data-time-zone="Asia/Shanghai"'

NOT_BUILT = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>惠象 Huixiang</title></head>
<body><h1>页面尚未构建</h1><p>请在项目目录运行 <code>make web</code>，然后刷新本页。</p>
<h1 lang="en">The pages are not built</h1><p lang="en">Run <code>make web</code> in the project, then reload.</p>
</body></html>
"""


class Asset(msgspec.Struct, frozen=True):
    """One file of a page in memory. `bodies` is keyed by content coding; "identity" is always there."""

    media_type: str
    etag: str
    bodies: Mapping[str, bytes]


class Site:
    """One page and its assets, read from `folder` when it is first asked for. The document names `time_zone`."""

    def __init__(self, folder: Path, time_zone: str) -> None:
        self._folder = folder
        self._zone = f'data-time-zone="{time_zone}"'.encode()
        self._assets: dict[str, Asset] = {}

    def answer(self, path: str, headers: Mapping[str, str]) -> Response[Any]:
        """What `path`, relative to the base, gets. `headers` are the request's."""
        if not self._assets:
            self._assets = read_assets(self._folder)
            if DOCUMENT in self._assets:
                self._assets[DOCUMENT] = self._in_zone(self._assets[DOCUMENT])
        if DOCUMENT not in self._assets:
            return _respond(NOT_BUILT.encode(), "text/html", 503, {"Cache-Control": "no-store"})
        if not path.startswith(HASHED):
            return _send(self._assets[DOCUMENT], headers, REVALIDATE)
        if path not in self._assets:
            return _respond(b"", "text/plain", 404, {"Cache-Control": "no-store"})
        return _send(self._assets[path], headers, IMMUTABLE)

    def _in_zone(self, document: Asset) -> Asset:
        """The document with this program's time zone, sent as it is: it is small, and its built forms name another."""
        body = document.bodies["identity"].replace(BUILT_ZONE, self._zone)
        return Asset(document.media_type, _etag(body), {"identity": body})


def page_routes(time_zone: str, folder: Path = PAGES) -> list[HTTPRouteHandler]:
    """The handlers of both pages, for the application's route list. `time_zone` is the business's, as IANA names it."""
    return [
        _handler("/console", Site(folder / "console", time_zone)),
        _handler("/m", Site(folder / "h5", time_zone)),
    ]


def read_assets(folder: Path) -> dict[str, Asset]:
    """Every built file by its path relative to `folder`, with its precompressed forms; empty if nothing is built."""
    if not (folder / DOCUMENT).is_file():
        return {}
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: _read(path) for name, path in files.items() if path.suffix in MEDIA_TYPES}


def _read(path: Path) -> Asset:
    bodies = {"identity": path.read_bytes()}
    for coding, ending in ENCODINGS.items():
        compressed = path.with_name(path.name + ending)
        if compressed.is_file():
            bodies[coding] = compressed.read_bytes()
    return Asset(MEDIA_TYPES[path.suffix], _etag(bodies["identity"]), bodies)


def _etag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]


def _handler(base: str, site: Site) -> HTTPRouteHandler:
    @route(
        [base, f"{base}/{{path:path}}"],
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        include_in_schema=False,
        **public(counted=False),
    )
    async def page(request: Request[Any, Any, Any]) -> Response[Any]:
        return site.answer(str(request.path_params.get("path", "")).strip("/"), request.headers)

    return page


def _send(asset: Asset, headers: Mapping[str, str], cache: str) -> Response[bytes]:
    coding = next((name for name in ENCODINGS if name in asset.bodies and _accepts(headers, name)), "identity")
    etag = f'"{asset.etag}-{coding}"'
    extra = {"Cache-Control": cache, "ETag": etag, "Vary": "Accept-Encoding"}
    if etag in headers.get("if-none-match", ""):
        return _respond(b"", asset.media_type, 304, extra)
    if coding != "identity":
        extra["Content-Encoding"] = coding
    return _respond(asset.bodies[coding], asset.media_type, 200, extra)


def _accepts(headers: Mapping[str, str], coding: str) -> bool:
    """Whether Accept-Encoding names the coding with a weight above zero. The wildcard is not taken as a yes."""
    for offer in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() == coding:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _respond(body: bytes, media_type: str, status: int, extra: Mapping[str, str]) -> Response[bytes]:
    return Response(body, media_type=media_type, status_code=status, headers={**SECURITY_HEADERS, **extra})
