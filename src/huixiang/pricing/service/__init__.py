"""Use cases of pricing, one file per verb."""

from __future__ import annotations

from typing import Final, Literal

from huixiang.pricing.rules import COMPILED

ENGINE: Final[Literal["compiled", "python"]] = "compiled" if COMPILED else "python"
"""Whether quotes are priced by machine code or by the engine as it is written (docs/operate/engine.md)."""
