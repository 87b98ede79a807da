"""What is wrong with an answer of the engine: against itself, and against the cheapest that was found by trying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from huixiang.pricing.model.effects import AddOn, Fee, FeeOff
from huixiang.pricing.model.priced import Applied, Portion, Priced, PricedLine
from tests.pricing.judges.availability import Merged, merge, offers
from tests.pricing.judges.brute_force import Cheapest, answered, split_back
from tests.pricing.judges.instances import Instance
from tests.pricing.judges.selections import Portion as SelectedPortion
from tests.pricing.judges.selections import Selection, is_add_on, selections
from tests.pricing.judges.settling import NEVER, Settling
from tests.pricing.judges.stacking import Stacking


def differences(drawn: Instance, priced: Priced, found: Cheapest) -> list[str]:
    """Against the cheapest; of one that is not proven only its bounds."""
    if not priced.proven:
        within = priced.bound_fen <= found.payable_fen <= priced.payable_fen
        return [] if within else [f"{found.payable_fen} is not within {priced.bound_fen} and {priced.payable_fen}"]
    ends = {copy.coupon_id: copy.expires_at for copy in drawn.situation.coupons}
    used = [one.coupon_id for one in priced.applied if one.coupon_id is not None]
    instants = [ends.get(coupon_id) for coupon_id in used]
    mine = (
        priced.payable_fen,
        len(used),
        any(one.pieces is not None and one.layer == "unit" for one in priced.applied),
        tuple(sorted(NEVER if end is None else int(end.timestamp()) for end in instants)),
        sum(one.gift.value_fen for one in priced.applied if one.gift is not None),
    )
    theirs = (found.payable_fen, found.coupons, found.quota_used, found.ends, found.gift_fen)
    names = ("payable", "coupons", "a quota used", "ends of coupons", "gift value")
    return [
        f"{name} {one}, cheapest {other}" for name, one, other in zip(names, mine, theirs, strict=True) if one != other
    ]


def inconsistencies(drawn: Instance, priced: Priced) -> list[str]:
    """Parts that do not sum to the whole, and what cannot be."""
    return [
        *of_sums(drawn, priced),
        *of_lines(drawn, priced),
        *of_applied(drawn, priced),
    ]


def of_sums(drawn: Instance, priced: Priced) -> Iterator[str]:
    if priced.goods_fen != sum(line.payable_fen for line in priced.lines):
        yield "goods are not the sum of the lines"
    if priced.list_fen != sum(line.list_fen for line in priced.lines):
        yield "the list amount is not the sum of the lines"
    if priced.packaging_fen != drawn.promotions.packaging_fen + drawn.basket.packaging_fen:
        yield "packaging is not the programme's and the basket's"
    if priced.payable_fen != priced.goods_fen + priced.delivery_fen + priced.packaging_fen:
        yield "the payable is not goods, delivery and packaging"
    if not 0 <= priced.delivery_fen <= drawn.basket.delivery_fen:
        yield f"a delivery fee of {priced.delivery_fen}"
    if priced.proven != (priced.bound_fen == priced.payable_fen) and priced.proven:
        yield "proven, and the bound is not the payable"
    if priced.bound_fen > priced.payable_fen:
        yield "the bound is above the payable"


def of_lines(drawn: Instance, priced: Priced) -> Iterator[str]:
    answers = {line.line_id: line for line in priced.lines}
    given = [(line.line_id, line.sku, line.quantity) for line in drawn.basket.lines]
    if sorted(given) != sorted((line.line_id, line.sku, line.quantity) for line in priced.lines):
        yield "the lines are not those of the basket"
        return
    for line in priced.lines:
        if line.payable_fen < 0:
            yield f"{line.line_id} pays {line.payable_fen}"
        if line.list_fen - sum(one.amount_fen for one in line.adjustments) != line.payable_fen:
            yield f"{line.line_id}: list less adjustments is not what it pays"
        if any(one.amount_fen <= 0 for one in line.adjustments):
            yield f"{line.line_id} has an adjustment of nothing"
    for merged in merge(drawn.basket):
        parts = [answers[line_id] for line_id, _, _ in merged.parts]
        whole = sum(part.payable_fen for part in parts)
        if {part.line_id: part.payable_fen for part in parts} != split_back(merged, whole):
            yield f"{merged.line_id}: {whole} is not split by largest remainder"
        if {part.line_id: part.list_fen for part in parts} != split_back(merged, merged.list_fen):
            yield f"{merged.line_id}: the list amount of {merged.list_fen} is not split by largest remainder"
        if parts[0].portions:
            yield from of_portions(merged, parts[0].portions)


def of_portions(merged: Merged, portions: tuple[Portion, ...]) -> Iterator[str]:
    if sum(portion.list_fen for portion in portions) != merged.list_fen:
        yield f"{merged.line_id}: its portions are not its list amount"
    if merged.pieces and sum(portion.quantity for portion in portions) != merged.pieces:
        yield f"{merged.line_id}: its portions are not its pieces"


def of_applied(drawn: Instance, priced: Priced) -> Iterator[str]:
    effects = {rule.code: rule.effect for rule in drawn.promotions.rules}
    taken: Counter[tuple[str, str | None]] = Counter()
    for line in priced.lines:
        for part in line.adjustments:
            taken[part.rule, part.coupon_id] += part.amount_fen
    fee_off = 0
    for one in priced.applied:
        if isinstance(effects[one.rule], Fee | FeeOff):
            fee_off += one.saved_fen
        elif taken.pop((one.rule, one.coupon_id), 0) != one.saved_fen:
            yield f"{one.rule} saved {one.saved_fen}, which its adjustments are not"
        if one.saved_fen <= 0 and one.gift is None:
            yield f"{one.rule} is applied and saves nothing"
        if {one.rule, one.coupon_id} & drawn.situation.left_out or one.rule in drawn.situation.killed:
            yield f"{one.rule} is applied, though left out or switched off"
    if taken:
        yield f"adjustments of {sorted(map(str, taken))}, which are not applied"
    if fee_off != drawn.basket.delivery_fen - priced.delivery_fen:
        yield "what was taken off the fee is not what is missing of it"


def not_reckoned_so(drawn: Instance, priced: Priced) -> list[str]:
    """The same portions and the same rules, reckoned by the page: lines, fee and cuts have to be the same."""
    lines = merge(drawn.basket)
    available = offers(drawn.promotions, lines, drawn.situation)
    used = Counter((one.rule, one.coupon_id or "") for one in priced.applied)
    forced = [
        offer for offer in available if offer.layer not in {"unit", "group"} and used[offer.rule.code, offer.coupon_id]
    ]
    codes = {one.rule for one in priced.applied}
    unit_and_group = [one for one in available if one.rule.code in codes and one.layer in {"unit", "group"}]
    takers = [one for one in forced if isinstance(one.rule.effect, AddOn)]
    packaging = drawn.promotions.packaging_fen + drawn.basket.packaging_fen
    settling = Settling(forced, lines, Stacking(drawn.promotions), drawn.basket.delivery_fen, packaging, forced=True)
    problems = ["its portions are none that the page allows"]
    for selection in selections([*unit_and_group, *takers], lines):
        if not same_portions(selection, lines, priced):
            continue
        selling = frozenset(held.offer.rule.code for held in selection.held if is_add_on(held))
        settling.settle(selection.portions(), selection.rules, selling, quota_used=selection.quota_used)
        if settling.best is None:
            problems = ["its rules do not stand together so"]
            continue
        answer = answered(settling, settling.best, lines, (0, 0))
        problems = [*unlike(answer, priced), *cut_otherwise(settling, priced)]
        if not problems:
            break
        settling.best = None
    return problems


def same_portions(selection: Selection, lines: list[Merged], priced: Priced) -> bool:
    """A line that was not cut shows no portions: its adjustments of unit and group rules say what it is."""
    found: dict[int, list[SelectedPortion]] = {number: [] for number in range(len(lines))}
    for portion in selection.portions():
        found[portion.line].append(portion)
    answers = {line.line_id: line for line in priced.lines}
    for number, line in enumerate(lines):
        shown = [answers[line_id] for line_id, _, _ in line.parts]
        theirs = shown[0].portions
        same = same_cut(found[number], theirs, line) if theirs else same_whole(found[number], shown)
        if not same:
            return False
    return True


def same_cut(mine: list[SelectedPortion], theirs: tuple[Portion, ...], line: Merged) -> bool:
    amounts = [(one.quantity if line.pieces else 0, one.list_fen, one.unit_fen, one.group_fen) for one in theirs]
    held = [frozenset(one.unit) | ({one.group} if one.group else set()) for one in theirs]
    return amounts == [(one.pieces, one.list_fen, one.unit_fen, one.group_fen) for one in mine] and held == [
        one.holders for one in mine
    ]


def same_whole(mine: list[SelectedPortion], shown: list[PricedLine]) -> bool:
    if len(mine) != 1:
        return False
    (portion,) = mine
    before_order = [part for line in shown for part in line.adjustments if part.rule in portion.holders]
    others = [part for line in shown for part in line.adjustments if part.rule not in portion.holders]
    return portion.list_fen - sum(part.amount_fen for part in before_order) == portion.group_fen and all(
        part.layer not in {"unit", "group"} for part in others
    )


def unlike(answer: Cheapest, priced: Priced) -> Iterator[str]:
    if answer.delivery_fen != priced.delivery_fen:
        yield f"delivery {priced.delivery_fen}, reckoned {answer.delivery_fen}"
    for line in priced.lines:
        if line.payable_fen != answer.lines[line.line_id]:
            yield f"{line.line_id} pays {line.payable_fen}, reckoned {answer.lines[line.line_id]}"


def cut_otherwise(settling: Settling, priced: Priced) -> Iterator[str]:
    for one in priced.applied:
        full = settling.full.get((one.rule, one.coupon_id or ""))
        if full is not None and not whole_is(one, full):
            yield f"{one.rule} took {one.saved_fen} and was cut by {one.cut_fen}; without a cut it takes {full}"


def whole_is(one: Applied, full: int) -> bool:
    return one.saved_fen + one.cut_fen == full
