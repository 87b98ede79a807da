"""Documents say what is true: their links lead somewhere, and the commands they show exist."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import typer

from huixiang.checkout.model import NewOrder
from huixiang.entry.cli.main import app
from tests.architecture.source_tree import ROOT, SOURCE, repository_files
from tools import settings_page

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"(?<![\w/.-])make ([a-z][a-z-]*)\b")
HUIXIANG = re.compile(r"(?<![\w/.-])huixiang ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)")
CODE = re.compile(r"```(?:sh|text|console)?\n(.*?)```|`([^`\n]+)`", re.DOTALL)
OUTPUT = re.compile(r"<!-- output of `make demo`: begin -->(.*?)<!-- output of `make demo`: end -->", re.DOTALL)
SEED = SOURCE / "catalogue" / "seed"
READMES = ("README.md", "README.zh-CN.md")


def documents() -> list[Path]:
    found = [path for path in repository_files() if path.suffix == ".md"]
    assert len(found) > 15
    return found


def dead_links(name: str, text: str, folder: Path) -> list[str]:
    """Relative links that lead to nothing."""
    return [
        f"{name}: {target}"
        for target in LINK.findall(text)
        if "://" not in target and not target.startswith("mailto:") and not (folder / target).exists()
    ]


def code(text: str) -> str:
    """What stands in code blocks and between back quotes, one a line."""
    return "\n".join(block or inline for block, inline in CODE.findall(text))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def program_commands() -> set[str]:
    """Every command of the program with its words: `serve`, `ledger verify`."""

    def walk(command: object, words: tuple[str, ...]) -> set[str]:
        found = {" ".join(words)} if words else set()
        for name, child in getattr(command, "commands", {}).items():
            found |= walk(child, (*words, name))
        return found

    return walk(typer.main.get_command(app), ())


def unknown_commands(name: str, text: str, targets: set[str], commands: set[str]) -> list[str]:
    """`make` and `huixiang` commands in code that do not exist. Words after a command are its arguments."""
    shown = code(text)
    faults = [f"{name}: make {target}" for target in MAKE.findall(shown) if target not in targets]
    for line in HUIXIANG.findall(shown):
        words = line.split()
        if not any(" ".join(words[:n]) in commands for n in (1, 2)) or needs_more(words, commands):
            faults.append(f"{name}: huixiang {line}")
    return faults


def needs_more(words: list[str], commands: set[str]) -> bool:
    """A second word after a group of commands must be one of the group's."""
    group = {command for command in commands if command.startswith(f"{words[0]} ")}
    return bool(group) and len(words) > 1 and " ".join(words[:2]) not in group


def test_links_lead_somewhere() -> None:
    dead = [
        fault
        for path in documents()
        for fault in dead_links(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"), path.parent)
    ]
    assert dead == []


@pytest.mark.requirement("OPS-08")
def test_the_commands_in_documents_exist() -> None:
    targets, commands = make_targets(), program_commands()
    assert {"demo", "test", "check", "web"} <= targets
    assert {"serve", "worker", "migrate"} <= commands
    unknown = [
        fault
        for path in documents()
        for fault in unknown_commands(path.name, path.read_text(encoding="utf-8"), targets, commands)
    ]
    assert unknown == []


def test_dead_links_and_unknown_commands_are_caught() -> None:
    assert dead_links("a.md", "see [b](docs/nowhere.md)", ROOT) == ["a.md: docs/nowhere.md"]
    assert dead_links("a.md", "see [b](README.md#top) and [c](https://example.org/d)", ROOT) == []
    commands = {"serve", "ledger", "ledger verify"}
    assert unknown_commands("a.md", "`make coffee`", {"demo"}, commands) == ["a.md: make coffee"]
    assert unknown_commands("a.md", "```sh\nhuixiang fly\n```", {"demo"}, commands) == ["a.md: huixiang fly"]
    assert unknown_commands("a.md", "`huixiang ledger burn`", {"demo"}, commands) == ["a.md: huixiang ledger burn"]
    assert unknown_commands("a.md", "`huixiang serve`, `huixiang ledger verify`", {"demo"}, commands) == []


@pytest.mark.parametrize("name", READMES)
def test_both_readmes_show_the_same(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("\n### ") == english.count("\n### ")
    assert re.findall(r"```sh\n(.*?)```", text, re.DOTALL) == re.findall(r"```sh\n(.*?)```", english, re.DOTALL)
    assert OUTPUT.findall(text) == OUTPUT.findall(english) != []
    assert set(re.findall(r"docs/pictures/[\w-]+\.png", text)) == {
        "docs/pictures/console-overview.png",
        "docs/pictures/member-card.png",
    }


def test_the_order_in_the_readme_is_one_that_the_api_takes() -> None:
    example = re.search(r"-d '(\{.*?\})'", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    order = msgspec.json.decode(example[1], type=NewOrder)
    goods = {msgspec.json.decode(line)["sku"] for line in (SEED / "skus.ndjson").read_bytes().splitlines()}
    channels = {msgspec.json.decode(line)["channel"] for line in (SEED / "channels.ndjson").read_bytes().splitlines()}
    assert {line.sku for line in order.lines} <= goods
    assert order.channel in channels


def test_the_settings_page_is_up_to_date() -> None:
    assert settings_page.main(["--check"]) == 0, "make docs"
