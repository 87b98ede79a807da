"""The worked examples of docs/domain/pricing-cases.md, read from the page: what is given, and what comes out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time

import msgspec

from huixiang.conditions.facts import Facts
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Situation
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "domain" / "pricing-cases.md"
CALENDAR = BusinessCalendar("Asia/Shanghai")
NOON = time(12)
GIVEN = re.compile(r"^Given: (.+)\.$")
TAKEN = re.compile(r"`([\w-]+)` ([\d.]+)(?: with (\w+))?")
COUPON = re.compile(r"coupon (\w+) of `([\w-]+)` until ([\d-]+)")
RULES = re.compile(r"```json\n(.*?)```", re.DOTALL)


class Row(msgspec.Struct, frozen=True):
    """A line of a table; amounts in fen."""

    line: str
    grams: bool
    quantity: int
    price: int
    list: int
    unit: int
    pays: int


class Example(msgspec.Struct, kw_only=True):
    """One table with what stands around it. taken: (rule, coupon, fen); without: what is left out, and the payable."""

    case: str
    rules: frozenset[str]
    tier: str | None
    day: date
    delivery: int
    coupons: tuple[HeldCoupon, ...]
    rows: list[Row] = []
    together: tuple[int, int, int] = (0, 0, 0)
    taken: set[tuple[str, str | None, int]] = set()
    without: list[tuple[frozenset[str], int]] = []

    def basket(self) -> Basket:
        lines = tuple(
            Line(
                line_id=row.line,
                sku=row.line.split()[0],
                measure="gram" if row.grams else "piece",
                quantity=row.quantity,
                list_price_fen=row.price,
            )
            for row in self.rows
        )
        return Basket(lines=lines, delivery_fen=self.delivery)

    def price(self, left_out: frozenset[str] = frozenset(), basket: Basket | None = None) -> Priced:
        """What the engine answers, with some rules or coupons left out, or of another basket."""
        document = promotions()
        in_force = msgspec.structs.replace(
            document, rules=tuple(rule for rule in document.rules if rule.code in self.rules)
        )
        facts = Facts(
            now=CALENDAR.at(self.day, NOON), calendar=CALENDAR, member={"tier": self.tier} if self.tier else {}
        )
        situation = Situation(facts=facts, coupons=self.coupons, left_out=left_out)
        return price(compile_promotions(in_force, 1, REGISTRY), basket or self.basket(), situation)


def fen(yuan: str) -> int:
    whole, _, part = yuan.strip().partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def promotions() -> Promotions:
    """The rules at the end of the page."""
    found = RULES.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    return msgspec.json.decode(found[1], type=Promotions)


def tables(case: str) -> Iterator[list[str]]:
    """Rows of every table of a case, without its heading, as cells."""
    for line in section(case):
        if line.startswith("|") and not line.startswith("|---"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[0] not in ("line", "picked", "refund"):
                yield cells


def section(case: str) -> list[str]:
    """The lines of the page under a heading such as `6. A refund in three parts`."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"\n## {case}\n")
    assert rest, case
    return rest.partition("\n## ")[0].splitlines()


def examples() -> list[Example]:
    """Everything on the page that is priced."""
    found: list[Example] = []
    case = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            case = line[3:]
        elif (given := GIVEN.match(line)) is not None:
            found.append(_given(case, given[1]))
        elif found and found[-1].case == case:
            _read(found[-1], line)
    return found


def _given(case: str, text: str) -> Example:
    rules, *others = text.split("; ")
    said = dict(part.split(" ", 1) for part in others if not part.startswith("coupon"))
    coupons = [COUPON.fullmatch(part) for part in others if part.startswith("coupon")]
    assert all(coupons), text
    return Example(
        case=case,
        rules=frozenset(re.findall(r"`([\w-]+)`", rules)),
        tier=said.get("tier"),
        day=date.fromisoformat(said["day"]),
        delivery=fen(said.get("delivery", "0.00")),
        coupons=tuple(HeldCoupon(one[1], one[2], _end_of(one[3])) for one in coupons if one),
    )


def _end_of(day: str) -> datetime:
    return CALENDAR.day_period(date.fromisoformat(day)).end or CALENDAR.start_of(date.max)


def _read(example: Example, line: str) -> None:
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if line.startswith("| together"):
        example.together = (fen(cells[3]), fen(cells[4]), fen(cells[5]))
    elif line.startswith("| ") and len(cells) == 6 and cells[0] != "line":
        number, _, measure = cells[1].partition(" ")
        amounts = (fen(cell) for cell in cells[2:])
        example.rows.append(Row(cells[0], measure == "g", int(number), *amounts))
    elif line.startswith("Taken: "):
        example.taken = {(rule, coupon or None, fen(saved)) for rule, saved, coupon in TAKEN.findall(line.rstrip("."))}
    elif line.startswith("- without "):
        names, _, payable = line.removeprefix("- without ").partition(": ")
        example.without.append((frozenset(re.findall(r"`([\w-]+)`", names)), fen(payable)))
