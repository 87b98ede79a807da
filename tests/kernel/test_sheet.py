"""CSV: what goes in comes out, and no text is a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.sheet import FORMULA_STARTS, harmless, to_csv


@pytest.mark.requirement("PTS-17")
@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_text_that_begins_like_a_formula_is_shown_and_not_run(text: str) -> None:
    assert harmless(text) == "'" + text


def test_numbers_and_plain_text_stay() -> None:
    assert (
        to_csv(["a", "b", "c", "d"], [[-5, "spring, 春", None, 'a "b"']]) == 'a,b,c,d\r\n-5,"spring, 春",,"a ""b"""\r\n'
    )


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_any_text_comes_back_from_its_cell_and_is_no_formula(texts: list[str]) -> None:
    read = list(csv.reader(io.StringIO(to_csv(["head", *texts], [["row", *texts]]), newline="")))
    assert read[1] == ["row", *map(harmless, texts)]
    assert not any(cell.startswith(FORMULA_STARTS) for cell in read[1])
