"""Nothing in the repository is secret, or true on one machine only, or tells where its author downloads from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, repository_files, text_of

SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY" + r"-----",
    "cloud key": r"\b((AKIA|ASIA)[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|LTAI[0-9A-Za-z]{16,26}|AKID[0-9A-Za-z]{32})\b",
    "secret of a hook": r"\bwhsec_[A-Za-z0-9+/=]{24,}",
    "forge token": r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}|glpat-[\w-]{20,})",
    "registry token": r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgE[\w-]{40,}",
    "chat token": r"\bxox[abprs]-[\w-]{20,}",
    "signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    "key of ours": r"\bhx_[A-Za-z0-9_-]{32,}",
    "password in an address": r"\b[a-z][a-z0-9+]*://[^\s:/@'\"{}<>]+:(?!(?:password|secret)@)[^\s:/@'\"{}<>$]{6,}@",
}
SECRET = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, pattern in enumerate(SECRETS.values())))
ASSIGNED = re.compile(
    r"""(?:password|passwd|secret|token|api_?key|private_?key)\w*["']?\s*[:=]\s*["']([^"'\s{}<>$]{16,})["']""",
    re.IGNORECASE,
)
GUESSABLE_BITS = 3.6  # a name or a sentence stays below, what a generator made lies above

HOME_OF_SOMEBODY = re.compile(r"(?<![\w.~}-])/(?:root|home/[a-z][\w-]+|Users/\w\w+)/")
REGISTRIES = re.compile(
    r"\b(pypi|pythonhosted|npmjs|npmmirror|debian|ubuntu|anaconda|huaweicloud|aliyun|tencent)\.(org|com|io|cn)\b"
    r"|\bmirrors?\.[a-z]+\.[a-z.]+\b"
)
NPM_LOCK = "package-lock.json"


def texts() -> list[tuple[str, str]]:
    """(path, text) of every text file that git has or would take."""
    read = ((path.relative_to(ROOT).as_posix(), text_of(path)) for path in repository_files())
    return [(path, text) for path, text in read if text is not None]


def entropy_bits(text: str) -> float:
    """Shannon entropy, bits per character."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)


def secrets(files: Iterable[tuple[str, str]]) -> list[str]:
    faults = []
    for path, text in files:
        for match in SECRET.finditer(text):
            kind = list(SECRETS)[int((match.lastgroup or "k0")[1:])]
            faults.append(f"{path}:{line_of(text, match)}: {kind}")
        if not path.endswith((NPM_LOCK, ".lock")):
            faults += [
                f"{path}:{line_of(text, match)}: looks like a secret given a name"
                for match in ASSIGNED.finditer(text)
                if entropy_bits(match[1]) > GUESSABLE_BITS and re.search(r"\d", match[1])
            ]
    return faults


def machine_paths(files: Iterable[tuple[str, str]], here: tuple[str, ...]) -> list[str]:
    faults = []
    for path, text in files:
        for number, line in enumerate(text.splitlines(), start=1):
            if HOME_OF_SOMEBODY.search(line) or any(place in line for place in here):
                faults.append(f"{path}:{number}: {line.strip()[:100]}")
    return faults


def registries(files: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f"{path}:{line_of(text, match)}: {match.group(0)}"
        for path, text in files
        if not path.endswith(NPM_LOCK)  # what packages say of their funding; its downloads are checked by tools.locks
        for match in REGISTRIES.finditer(text)
    ]


def line_of(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def places_of_this_machine() -> tuple[str, ...]:
    parent, home = f"{ROOT.parent}/", f"{Path.home()}/"
    return tuple(place for place in (parent, home) if place.count("/") > 2)  # "/" and "/tmp/" are everywhere


def test_nothing_secret_is_committed() -> None:
    assert secrets(texts()) == []


def test_no_path_of_one_machine_is_committed() -> None:
    assert machine_paths(texts(), places_of_this_machine()) == []


def test_no_registry_is_named() -> None:
    assert registries(texts()) == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE" + " KEY-----\nabc",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "LTAI" + "5tQmLr7Tz4WbN8cYfPq2sXd6",
        "AKID" + "z8kX9v2QmLr7Tz4WbN8cYfPq2sXd6Hj1",
        "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "ghp_" + "a1B2" * 10,
        "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        "postgresql://huixiang:s3cretpassword" + "@db/huixiang",
        'API_KEY = "' + "kX9v2QmLr7Tz4WbN8cYf" + '"',
        "hx_" + "Zk3v9QmLr7Tz4WbN8cYfPq2sXd6Hj1Gu5",
    ],
)
def test_a_secret_is_caught(text: str) -> None:
    assert secrets([("deploy/settings.env", text)]) != []


def test_words_are_not_secrets() -> None:
    text = 'TOKEN_KIND = "member-access-token"\npassword: "correct horse battery staple"\nurl = "postgresql://{user}:{pw}@h/d"'
    assert secrets([("src/a.py", text)]) == []


@pytest.mark.parametrize(
    "text", ["cd /ho" + "me/anna/huixiang", 'open("/ro' + 'ot/key")', "see /bui" + "ld/place/file.py"]
)
def test_a_machine_path_is_caught(text: str) -> None:
    assert machine_paths([("docs/a.md", text)], ("/build/place/",)) != []


def test_a_registry_is_caught() -> None:
    assert registries([("docs/a.md", "pip install -i https://py" + "pi.org/simple huixiang")]) != []
