"""`python -m bench`: every benchmark in turn, each in a process of its own; `python -m bench http --rounds 3` one."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = {
    "http": "requests over HTTP beside a bare handler of the same framework",
    "api_requests": "drawn requests to every operation: none may make the program fail",
    "throttle": "what counting requests against limits adds to one",
    "sign_in": "a thousand people who type their code at once",
    "rush": "ten thousand who ask for a hundred, and a budget that everybody takes from",
    "order_rush": "ten thousand who place an order for what there is a hundred of",
    "claim_rush": "ten thousand who claim a coupon of which there are a hundred",
    "coupon_codes": "a batch of a million codes, made and handed out",
    "import_rate": "order lines a second of an import",
    "pricing": "quotes a second beside a bare pipeline, and how much cheaper they are",
    "pricing_hard": "baskets that need a search: time, nodes and what is proven",
    "pricing_scaling": "what rules cost that do not touch a basket",
    "pricing_exact": "answers beside those of a constraint solver: none may differ",
    "pricing_compile": "how long a version of 1,000 promotions takes to be ready",
    "pricing_http": "quotes over HTTP beside a bare handler, and their p99 at half of the limit",
    "placing": "orders placed on quotes and completed, beside a single command of the ledger",
    "month": "a month of a grocer's baskets quoted, placed and completed",
    "ledger_verify": "a million postings walked, replayed and compared",
    "ledger_commands": "earn, spend and balance beside pgbench",
    "ledger_bulk": "points earned by the hundred thousand beside a bare COPY",
    "ledger_sweep": "lots expired by the sweep beside a bare COPY",
}


def main(arguments: list[str]) -> int:
    """Run what is named, with its options, or everything. The first exit code that is not 0, else 0."""
    if arguments and arguments[0] not in BENCHMARKS:
        print("\n".join(f"{name:<18}{text}" for name, text in BENCHMARKS.items()))
        return 2
    chosen = arguments[:1] or list(BENCHMARKS)
    for name in chosen:
        print(f"\n## {name}: {BENCHMARKS[name]}\n", flush=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *arguments[1:]], check=False)  # noqa: S603 - ours
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
