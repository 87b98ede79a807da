"""`huixiang rules`: whoever runs the shop reads and changes its rules from files, without Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner, Result

from huixiang.entry.cli.main import app
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.settings import CannotRun

pytestmark = pytest.mark.requirement("INV-5")

DIRECTION = {
    "rate": {"points": 1, "partner_points": 3},
    "budget_points": 100_000,
    "daily_points": 10_000,
    "member_daily_points": 1_000,
}
TERMS: dict[str, Any] = {"name": {"zh": "航空", "en": "Air miles"}, "incoming": DIRECTION, "valid_days": 365}


class Operator:
    """Somebody with a shell and files."""

    def __init__(self, database_url: str, folder: Path) -> None:
        FileKeys.open(folder / "home" / "master-keys.json", create=True)
        self._environment = {
            "HUIXIANG_DATABASE_URL": database_url,
            "HUIXIANG_HOME": str(folder / "home"),
            "HUIXIANG_ENVIRONMENT": "test",
            "HUIXIANG_COMMAND_LINE_PUBLISHES": "alone",
        }
        self._folder = folder

    def asks(self) -> None:
        """From now on what is published waits, as it does without the setting."""
        del self._environment["HUIXIANG_COMMAND_LINE_PUBLISHES"]

    def run(self, *arguments: str, given: str | None = None) -> Result:
        # What is printed beside a document goes to the other stream, so that a file takes the document alone.
        return CliRunner(env=self._environment).invoke(app, ["rules", *arguments], input=given)

    def refused(self, *arguments: str) -> str:
        error = self.run(*arguments).exception
        assert isinstance(error, CannotRun), error
        return str(error)

    def file(self, body: object, name: str = "air.json") -> str:
        path = self._folder / name
        path.write_bytes(body if isinstance(body, bytes) else msgspec.json.encode(body))
        return str(path)

    def publish(self, body: object, *options: str) -> Result:
        done = self.run("publish", "partner", "air", self.file(body), "--note", "signed in May", *options)
        assert done.exit_code == 0, done.exception
        return done


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return Operator(database_url, tmp_path)


def test_a_partner_is_agreed_with_by_a_file_and_changed_by_the_next(
    operator: Operator, superuser: psycopg.Connection[Any]
) -> None:
    assert "partner" in operator.run("kinds").stdout.split()
    first = operator.publish(TERMS, "--from", "2026-04-01")
    assert first.stdout == "published partner/air version 1, published, from 2026-03-31T16:00:00+00:00\n"
    second = operator.publish(TERMS | {"valid_days": 180}, "--from", "2026-06-01T08:00:00+08:00", "--to", "2026-09-01")
    period = "from 2026-06-01T00:00:00+00:00 to 2026-08-31T16:00:00+00:00"
    assert second.stdout == f"published partner/air version 2, published, {period}\n"
    for at, days in [("2026-04-01", 365), ("2026-06-02", 180), ("2026-09-01", 365)]:
        assert msgspec.json.decode(operator.run("show", "partner", "air", "--at", at).stdout)["valid_days"] == days
    assert "There is no rule document partner/air" in operator.refused("show", "partner", "air", "--at", "2026-03-31")

    # What show prints is what publish reads.
    shown = operator.run("show", "partner", "air", "--version", "1").stdout
    again = operator.run("publish", "partner", "sea", "-", "--note", "the same", given=shown)
    assert again.exit_code == 0
    listed = operator.run("list", "partner", "--all").stdout.splitlines()
    assert [line.split(",")[0] for line in listed] == [
        "partner/air version 2",
        "partner/air version 1",
        "partner/sea version 1",
    ]
    assert all(line.endswith((", by cli: signed in May", ", by cli: the same")) for line in listed)
    rows = superuser.execute("SELECT actor, action, object, reason FROM staff.audit ORDER BY audit_id").fetchall()
    assert rows[0] == ("cli", "rule.published", "rule:partner/air", "signed in May")
    assert len(rows) == 3


def test_a_version_that_was_wrong_is_withdrawn(operator: Operator, superuser: psycopg.Connection[Any]) -> None:
    operator.publish(TERMS)
    operator.publish(TERMS | {"valid_days": 1})
    assert operator.run("list").stdout.count("partner/air version 2") == 1
    done = operator.run("withdraw", "partner", "air", "2", "--note", "a slip")
    assert done.stdout.startswith("withdrawn partner/air version 2, withdrawn, from ")
    assert msgspec.json.decode(operator.run("show", "partner", "air").stdout)["valid_days"] == 365
    assert msgspec.json.decode(operator.run("show", "partner", "air", "--version", "2").stdout)["valid_days"] == 1
    assert operator.refused("withdraw", "partner", "air", "2", "--note", "again").endswith("is withdrawn already.")
    assert superuser.execute(
        "SELECT reason, after ->> 'version' FROM staff.audit WHERE action = 'rule.withdrawn'"
    ).fetchall() == [("a slip", "2")]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (TERMS | {"valid_days": "long"}, "partner/air, $.valid_days: Expected `int | null`, got `str`"),
        (TERMS | {"surprise": 1}, "partner/air, $: Object contains unknown field `surprise`"),
        (TERMS | {"incoming": DIRECTION | {"daily_points": 0}}, "partner/air, $.incoming.daily_points: "),
        (b"{'name': 1}", "is not JSON: "),
    ],
)
def test_what_cannot_be_published_is_named_by_its_field_and_changes_nothing(
    operator: Operator, superuser: psycopg.Connection[Any], body: object, told: str
) -> None:
    file = operator.file(body)
    for options in ([], ["--check"]):
        assert told in operator.refused("publish", "partner", "air", file, "--note", "n", *options)
    assert superuser.execute("SELECT count(*) FROM rulebook.document").fetchone() == (0,)


def test_what_else_is_refused(operator: Operator) -> None:
    file = operator.file(TERMS)
    checked = operator.run("publish", "partner", "air", file, "--note", "n", "--check")
    assert (checked.exit_code, checked.stdout) == (0, "partner/air can be published\n")
    assert operator.run("list").stdout == ""
    refused = {
        ("publish", "partners", "air", file): "There is no kind of rule partners.",
        ("publish", "partner", "Air Miles", file): "partner/Air Miles, code: must be a-z, then",
        ("publish", "partner", "air", file, "--from", "tomorrow"): "--from takes 2026-04-01",
        ("publish", "partner", "air", file, "--from", "2026-04-01T08:00:00"): "not 2026-04-01T08:00:00",
        ("publish", "partner", "air", file, "--from", "2026-04-02", "--to", "2026-04-01"): "must be after valid_from",
        ("publish", "partner", "air", f"{file}.txt"): "cannot be read: No such file",
    }
    for arguments, told in refused.items():
        assert told in operator.refused(*arguments, "--note", "n")
    assert "There is no rule document partner/air" in operator.refused("show", "partner", "air")


@pytest.mark.requirement("PTS-11")
def test_points_that_last_less_than_a_year_need_a_reason(operator: Operator) -> None:
    short = {"policy": "months", "months": 6, "end_of": "month"}
    body = {
        "name": {"zh": "季", "en": "Season"},
        "base_rate": {"points": 1, "fen": 100},
        "multipliers": [],
        "stacking": "highest",
        "ceiling_bp": 50_000,
        "pending_days": 7,
    }
    told = operator.refused(
        "publish", "earning", "season", operator.file(body | {"expiry": short}), "--note", "a season"
    )
    assert told.startswith("earning/season, $.expiry.reason: needed where points may last less than 12 months")
    reason = {"zh": "只此一季", "en": "For one season"}
    given = operator.file(body | {"expiry": short | {"reason": reason}})
    assert operator.run("publish", "earning", "season", given, "--note", "a season").exit_code == 0


PROMOTION = {
    "layer": "unit",
    "code": "half",
    "name": {"zh": "半价", "en": "Half price"},
    "effect": {"type": "rate", "rate_bp": 5000},
}


def promote(operator: Operator, *rules: dict[str, Any], name: str = "promotions.json") -> str:
    return operator.file({"rules": list(rules)}, name)


@pytest.mark.requirement("PRC-05")
def test_all_that_is_wrong_is_printed(operator: Operator) -> None:
    file = promote(operator, PROMOTION | {"scope": {"skus": []}}, PROMOTION | {"name": {"zh": "", "en": "x"}})
    told = [
        "promotions/main, $.rules[0].scope.skus: expected at least one, or no list for all goods",
        "$.rules[1].name.zh: expected a text, which receipts and pages show",
        "$.rules[1].code: expected a code of its own, found half, which $.rules[0] has",
    ]
    for options in ([], ["--check"]):
        refused = operator.refused("publish", "promotions", "main", file, "--note", "n", *options)
        assert refused.splitlines() == told


def test_what_a_file_would_change_and_going_back(operator: Operator) -> None:
    note = ("--note", "spring")
    first = promote(operator, PROMOTION)
    changed = PROMOTION | {"effect": {"type": "rate", "rate_bp": 6000}}
    second = promote(operator, changed, PROMOTION | {"code": "more"}, name="next.json")
    assert operator.run("publish", "promotions", "main", first, *note, "--base", "0").exit_code == 0
    compared = operator.run("compare", "promotions", "main", second).stdout.splitlines()
    assert compared[0] == "changed $.rules[half].effect.rate_bp: 5000 -> 6000"
    assert compared[1].startswith("added $.rules[more]: {")
    assert len(compared) == 2
    overtaken = operator.refused("publish", "promotions", "main", second, *note, "--base", "0")
    assert overtaken.startswith("The latest version of promotions/main is 1, not 0")
    assert operator.run("publish", "promotions", "main", second, *note).exit_code == 0
    assert operator.run("compare", "promotions", "main", second).stdout == ""
    back = operator.run("rollback", "promotions", "main", "1", "--note", "too dear")
    assert back.stdout.startswith("published promotions/main version 3, published, from ")
    assert operator.run("compare", "promotions", "main", first).stdout == ""
    assert operator.run("compare", "promotions", "main", second, "--version", "2").stdout == ""


@pytest.mark.requirement("PRC-13")
def test_one_rule_is_switched_off_and_on(operator: Operator, superuser: psycopg.Connection[Any]) -> None:
    operator.run("publish", "promotions", "main", promote(operator, PROMOTION), "--note", "spring")
    off = operator.run("off", "promotions", "main", "half", "--note", "a slip")
    assert off.stdout.startswith("half is off since ")
    assert off.stdout.endswith(", by cli: a slip\n")
    again = operator.run("publish", "promotions", "main", promote(operator, PROMOTION), "--note", "again")
    assert "warning: $: half is switched off, and stays so until it is switched on" in again.stderr
    assert operator.run("on", "promotions", "main", "half", "--note", "mended").exit_code == 0
    listed = operator.run("switches", "promotions", "main").stdout.splitlines()
    assert [line.split(" since ")[0] for line in listed] == ["half is on", "half is off"]
    assert "has no rule third to switch" in operator.refused("off", "promotions", "main", "third", "--note", "n")
    assert "There is no kind of rule x." in operator.refused("off", "x", "main", "third", "--note", "n")
    rows = superuser.execute("SELECT reason FROM staff.audit WHERE action LIKE 'rule.switched%' ORDER BY audit_id")
    assert rows.fetchall() == [("a slip",), ("mended",)]


def test_a_draft_is_kept_and_given_back(operator: Operator) -> None:
    note = ("--note", "not yet")
    kept = operator.run("draft", "promotions", "main", promote(operator, PROMOTION | {"name": 7}), *note).stdout
    assert " of a new document, open, edition 1 of " in kept
    draft_id = kept.split()[1]
    file = promote(operator, PROMOTION)
    again = operator.run("draft", "promotions", "main", file, "--note", "ready", "--replace", draft_id).stdout
    assert operator.run("drafts", "promotions", "main").stdout == again
    assert again.endswith(", by cli: ready\n")
    shown = operator.run("show", "promotions", "main", "--draft", draft_id)
    assert msgspec.json.decode(shown.stdout) == {"rules": [PROMOTION]}
    assert operator.run("publish", "promotions", "main", "-", *note, given=shown.stdout).exit_code == 0
    missing = draft_id[:-4] + "0000"
    assert "has no draft" in operator.refused("show", "promotions", "main", "--draft", missing)


@pytest.mark.requirement("CON-02")
def test_without_the_setting_a_person_has_to_approve(operator: Operator, superuser: psycopg.Connection[Any]) -> None:
    operator.publish(TERMS)
    operator.asks()
    note = ("--note", "n")
    for done in (
        operator.run("publish", "partner", "air", operator.file(TERMS | {"valid_days": 9}), *note),
        operator.run("rollback", "partner", "air", "1", *note),
        operator.run("withdraw", "partner", "air", "1", *note),
    ):
        assert done.exit_code == 0, done.exception
        assert done.stdout.startswith("waits for a person to approve it at the console")
    asked = superuser.execute("SELECT command, maker_kind FROM staff.approval ORDER BY made_at, approval_id").fetchall()
    publish = ("rulebook.publish", "command_line")
    assert asked == [publish, publish, ("rulebook.withdraw", "command_line")]
    assert operator.run("list", "partner", "--all").stdout.count("partner/air") == 1
    by = superuser.execute("SELECT DISTINCT actor FROM staff.audit WHERE action = 'approval.requested'").fetchall()
    assert by == [("cli",)]
