"""docs/domain/proof.md lays out leaf, node and root, and reckons an example."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import pytest

from huixiang.points.adapters import verify_proof
from huixiang.points.model import FIRST_PREVIOUS, Root
from huixiang.points.rules.merkle import leaf_digest, path, statement, tree_digest
from tests.documents.pages import json_blocks, page, sections, table

SECTIONS = sections(page("proof"))

pytestmark = pytest.mark.requirement("PTS-15")


@pytest.mark.parametrize(("section", "length"), [("Leaf", 59), ("Root", 108)])
def test_the_tables_of_the_layouts_add_up(section: str, length: int) -> None:
    at = 0
    for row in table(SECTIONS[section]):
        assert int(row["offset"]) == at
        at += int(row["bytes"])
    assert at == length


def test_the_worked_example() -> None:
    example = json_blocks(SECTIONS["Worked example: three accounts"])[0]
    digests = [
        leaf_digest(UUID(leaf["member_id"]).bytes, leaf["book"], leaf["seq"], sha256(leaf["head_of"].encode()).digest())
        for leaf in example["leaves"]
    ]
    steps = path(digests, 1)
    root = Root(
        date.fromisoformat(example["day"]), datetime.fromisoformat(example["starts_at"]),
        datetime.fromisoformat(example["ends_at"]), 3, tree_digest(digests), FIRST_PREVIOUS, b"", "", b"",
    )  # fmt: skip
    assert [digest.hex() for digest in digests] == example["digests"]
    assert root.tree.hex() == example["tree"]
    assert [step.hex() for step in steps] == example["path_of_the_second"]
    assert len(statement(root)) == 108
    assert sha256(statement(root)).hexdigest() == example["root"]
    assert verify_proof.tree_digest(digests[1], 1, 3, steps) == root.tree
