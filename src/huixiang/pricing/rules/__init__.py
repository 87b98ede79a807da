"""The engine: pure. `compile` makes a rule set of a document once; `engine.price` prices a basket by it.

These modules run as they are written, or as machine code that `make compile` made of them (docs/operate/engine.md).
Machine code lies in a folder that is named after what it was made of, so that none of other sources is ever loaded: a
changed line, another Python, and the modules run as they are written again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

GROUP = "huixiang_pricing_rules__mypyc"
"""The library that holds the machine code of all modules."""

_PROGRAM = Path(__file__).parents[2]
_SEEN = (
    "benefits/model",
    "catalogue/model",
    "conditions",
    "coupons/model",
    "kernel",
    "members/model",
    "messaging/model",
    "points/model",
    "pricing/model",
    "pricing/rules",
    "rulebook/model",
    "stock/model",
)
"""What machine code takes for granted: the engine, and what the engine imports."""


def sources() -> Iterator[Path]:
    """Everything that the machine code is made of, or takes for granted."""
    for part in _SEEN:
        path = _PROGRAM.joinpath(part)
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def compiled_folder() -> Path:
    """Where the machine code of these very sources is, or would be."""
    digest = hashlib.sha256(EXTENSION_SUFFIXES[0].encode())
    for source in sources():
        text = source.read_bytes()
        digest.update(b"%s\0%d\0" % (os.fsencode(source.relative_to(_PROGRAM)), len(text)))
        digest.update(text)
    return _PROGRAM.joinpath("pricing", "compiled", digest.hexdigest()[:32])


def _load_compiled() -> bool:
    folder = compiled_folder()
    library = folder.joinpath(GROUP + EXTENSION_SUFFIXES[0])
    if os.environ.get("HUIXIANG_PRICING_ENGINE") == "python" or not library.exists():
        return False
    spec = importlib.util.spec_from_file_location(GROUP, library)
    if spec is None:
        return False
    sys.modules[GROUP] = importlib.util.module_from_spec(spec)
    __path__.insert(0, str(folder))
    return True


COMPILED = _load_compiled()
"""Whether the engine runs as machine code."""
