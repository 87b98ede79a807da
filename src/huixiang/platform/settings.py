"""Where the program runs: typed settings from `HUIXIANG_*` environment variables.

Nothing here says how the programme behaves; that is data with versions. A field's `description` names what is allowed
and is quoted when a value is refused.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from huixiang.platform import in_transit

PREFIX = "HUIXIANG_"
TEST_PREFIX = "HUIXIANG_TEST_"  # read by the tests' own support, never by the program

DatabaseUrl = Annotated[
    str, Meta(pattern=r"^postgres(ql)?://", description="a URL like postgresql://user:password@host:5432/database")
]
ValkeyUrl = Annotated[
    str,
    Meta(
        pattern=r"^(redis|valkey)s?://|^unix://",
        description="a URL like valkey://host:6379/0 or unix:///run/valkey.sock",
    ),
]
Port = Annotated[int, Meta(ge=0, le=65535, description="a whole number from 0 to 65535; 0 takes a free port")]
PerMinute = Annotated[
    int,
    Meta(
        ge=0,
        le=10_000_000,
        description="a whole number: requests a minute of one caller of this kind, 0 for any number",
    ),
]
Directory = Annotated[Path, Meta(description="a path of a directory")]
File = Annotated[Path, Meta(description="a path of a file")]


class CannotRun(Exception):
    """The program cannot run here and now. The message is for whoever started it: why, and what to do."""


class SettingsError(CannotRun):
    """A setting has a value that is not allowed. Names the variable, the value and what is allowed."""

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        self.variable, self.value, self.allowed = variable, value, allowed
        super().__init__(f"{variable}={value!r} is not allowed: it takes {allowed}")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Field `port` is the variable HUIXIANG_PORT, and so on. An empty variable counts as not given."""

    environment: Annotated[Literal["demo", "test", "production"], Meta(description="one of demo, test, production")] = (
        "production"
    )
    home: Directory = msgspec.field(default_factory=lambda: default_home(os.environ))

    # Outside servers. None: `serve` starts an embedded one, other commands use the one that `serve` runs on this home.
    database_url: DatabaseUrl | None = None
    database_owner_url: DatabaseUrl | None = None
    database_read_url: DatabaseUrl | None = None
    valkey_url: ValkeyUrl | None = None
    valkey: Annotated[
        Literal["on", "off"], Meta(description="on or off; off runs without the cache, which checkout does not need")
    ] = "on"

    trusted_network: Annotated[
        Literal["on", "off"],
        Meta(
            description="on or off; on lets production reach PostgreSQL and Valkey on other hosts without verified TLS,"
            " in a network that nobody else is in"
        ),
    ] = "off"

    self_approval: Annotated[
        Literal["on", "off"],
        Meta(description="on or off; on lets people decide what they asked for, in environments demo and test only"),
    ] = "off"

    command_line_publishes: Annotated[
        Literal["asks", "alone"],
        Meta(description="asks or alone; whether `huixiang rules` asks a person to approve, or publishes by itself"),
    ] = "asks"
    staff_session_idle_minutes: Annotated[
        int,
        Meta(ge=1, le=480, description="a whole number from 1 to 480: minutes of silence that end a session"),
    ] = 30
    staff_session_hours: Annotated[
        int, Meta(ge=1, le=24, description="a whole number from 1 to 24: hours after which a console session ends")
    ] = 12
    console_origin: (
        Annotated[
            str,
            Meta(
                pattern=r"^https?://[a-z0-9.-]+(:[0-9]+)?$(?!\n)",
                description="where the console is reached, such as https://console.shop.example: passkeys are for it",
            ),
        ]
        | None
    ) = None

    password_words: Annotated[
        str,
        Meta(
            description="names of the retailer, its brands and shops, separated by commas: no passwords of the console"
        ),
    ] = ""
    breached_passwords_file: (
        Annotated[Path, Meta(description="a path of a file of SHA-1 hashes ordered by hash, `HASH:count` a line")]
        | None
    ) = None

    bind: Annotated[str, Meta(min_length=1, description="an address of this machine, such as 127.0.0.1 or 0.0.0.0")] = (
        "127.0.0.1"
    )
    trusted_proxies: Annotated[
        str, Meta(description="addresses and networks of proxies, separated by commas: 10.0.0.0/8,2001:db8::5")
    ] = ""
    port: Port = 8000
    metrics_port: Port = 8001
    api_processes: Annotated[int, Meta(ge=1, le=64, description="a whole number from 1 to 64")] = msgspec.field(
        default_factory=lambda: min(len(os.sched_getaffinity(0)), 8)
    )
    key_requests_per_minute: PerMinute = 60_000
    member_requests_per_minute: PerMinute = 600
    staff_requests_per_minute: PerMinute = 1_200
    address_requests_per_minute: PerMinute = 6_000

    # The worker holds one for its lease, one to listen on, and works with the others.
    database_connections: Annotated[
        int, Meta(ge=4, le=200, description="a whole number from 4 to 200: connections of each process")
    ] = 8
    stop_seconds: Annotated[
        int, Meta(ge=1, le=600, description="a whole number from 1 to 600: how long a stop waits for requests and jobs")
    ] = 20
    quote_minutes: Annotated[
        int, Meta(ge=1, le=1440, description="a whole number from 1 to 1440: how long a quote can be placed")
    ] = 15
    # Read where the engine is loaded (pricing/rules), which is before settings are; it stands here to be known.
    pricing_engine: Annotated[
        Literal["auto", "python"],
        Meta(description="auto or python; auto runs the engine as machine code where `make compile` made it"),
    ] = "auto"

    server_user: Annotated[
        str,
        Meta(
            min_length=1, description="a user of this machine: embedded servers run as that user when root starts them"
        ),
    ] = "nobody"
    server_memory_mb: (
        Annotated[int, Meta(ge=256, le=1_048_576, description="a whole number of MiB from 256: memory to reckon with")]
        | None
    ) = None

    master_key_file: File | None = None
    channels_file: File | None = None
    sign_in_file: File | None = None
    kafka_file: File | None = None
    time_zone: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$(?!\n)", description="a time zone name such as Asia/Shanghai"),
    ] = "Asia/Shanghai"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="one of debug, info, warning, error")
    ] = "info"
    log_format: Annotated[Literal["json", "text"], Meta(description="json or text")] = "json"

    @classmethod
    def load(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment. Raises SettingsError at the first variable that is unknown or not allowed."""
        source = os.environ if env is None else env
        types = get_type_hints(cls, include_extras=True)
        given: dict[str, Any] = {"home": default_home(source)}
        for variable in sorted(source):
            if not variable.startswith(PREFIX) or variable.startswith(TEST_PREFIX) or not source[variable]:
                continue
            field = variable.removeprefix(PREFIX).lower()
            if field not in types:
                raise SettingsError(
                    variable, source[variable], f"no value: there is no such setting{_near(field, types)}"
                )
            given[field] = _convert(variable, source[variable], types[field])
        made = cls(**given)
        if made.environment == "production" and made.self_approval == "on":
            raise SettingsError(f"{PREFIX}SELF_APPROVAL", "on", "off in production, where another person decides")
        if made.environment == "production" and (made.console_origin or "https:").startswith("http:"):
            raise SettingsError(f"{PREFIX}CONSOLE_ORIGIN", made.console_origin or "", "https:// in production")
        if made.environment == "production" and made.trusted_network == "off":
            made.require_private_servers(source.get("PGHOST", ""))
        return made

    def require_private_servers(self, default_host: str = "") -> None:
        """Raises SettingsError where a server on another host would be spoken to so that others could listen, or answer
        in its place. default_host: for URLs without one."""
        unless = f"or {PREFIX}TRUSTED_NETWORK=on where nobody else is in the network"
        for field in ("database_url", "database_owner_url", "database_read_url"):
            url = getattr(self, field)
            if url is not None and not in_transit.is_private_postgres(url, default_host):
                allowed = f"in production, for another host: {in_transit.POSTGRES_TLS}, {unless}"
                raise SettingsError(PREFIX + field.upper(), _without_password(url), allowed)
        if self.valkey_url is not None and not in_transit.is_private_valkey(self.valkey_url):
            allowed = f"in production, for another host: {in_transit.VALKEY_TLS}, {unless}"
            raise SettingsError(f"{PREFIX}VALKEY_URL", _without_password(self.valkey_url), allowed)

    def __post_init__(self) -> None:
        for proxy in filter(None, self.trusted_proxies.split(",")):
            try:
                ipaddress.ip_network(proxy.strip())
            except ValueError:
                allowed = _allowed(get_type_hints(type(self), include_extras=True)["trusted_proxies"])
                raise SettingsError(f"{PREFIX}TRUSTED_PROXIES", self.trusted_proxies, allowed) from None

    def as_environment(self) -> dict[str, str]:
        """The variables that give these settings to a child process."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {PREFIX + name.upper(): str(value) for name, value in values.items() if value is not None}


def default_home(env: Mapping[str, str]) -> Path:
    """The user's data directory, as the XDG rules have it."""
    data = env.get("XDG_DATA_HOME", "")
    root = Path(data) if Path(data).is_absolute() else Path(env.get("HOME") or "/var/lib") / ".local" / "share"
    return root / "huixiang"


def _convert(variable: str, text: str, expected: Any) -> Any:
    try:
        value = msgspec.convert(text, expected, strict=False, dec_hook=_decode_path)
    except msgspec.ValidationError:
        raise SettingsError(variable, _without_password(text), _allowed(expected)) from None
    return value.expanduser().absolute() if isinstance(value, Path) else value


def _decode_path(expected: type, value: Any) -> Any:
    if expected is Path:
        return Path(value)
    raise TypeError(expected)


def _allowed(expected: Any) -> str:
    pending, texts = [expected], []
    while pending:
        one = pending.pop()
        texts += [meta.description for meta in getattr(one, "__metadata__", ()) if meta.description]
        pending += getattr(one, "__args__", ())
    return texts[0] if texts else "another value"


def _near(field: str, types: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(field, types, n=1)
    return f" (did you mean {PREFIX}{close[0].upper()}?)" if close else ""


def _without_password(text: str) -> str:
    return re.sub(r"(?<=:)[^:/@]+(?=@)", "***", text)
