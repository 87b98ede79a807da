"""Settings: read from the environment, refused with the variable, the value and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from huixiang.platform.settings import Settings, SettingsError


def test_what_is_not_given_has_a_default_and_what_is_given_is_typed() -> None:
    settings = Settings.load({"HOME": "/home/a", "HUIXIANG_PORT": "0", "HUIXIANG_MASTER_KEY_FILE": "/etc/key"})
    assert settings.home == Path("/home/a/.local/share/huixiang")
    assert (settings.port, settings.bind, settings.environment) == (0, "127.0.0.1", "production")
    assert settings.master_key_file == Path("/etc/key")
    assert Settings.load({"XDG_DATA_HOME": "/data", "HUIXIANG_VALKEY_URL": ""}).home == Path("/data/huixiang")
    assert len(Settings.__struct_fields__) <= 40


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("HUIXIANG_PORT", "70000", "a whole number from 0 to 65535"),
        ("HUIXIANG_PORT", "eight", "a whole number from 0 to 65535"),
        ("HUIXIANG_PORT", "8.5", "a whole number from 0 to 65535"),
        ("HUIXIANG_DATABASE_CONNECTIONS", "2", "a whole number from 4 to 200"),
        ("HUIXIANG_ENVIRONMENT", "prod", "one of demo, test, production"),
        ("HUIXIANG_TIME_ZONE", "Shanghai time", "a time zone name such as Asia/Shanghai"),
        ("HUIXIANG_SERVER_MEMORY_MB", "1", "a whole number of MiB from 256"),
        ("HUIXIANG_TRUSTED_PROXIES", "10.0.0.0/8, proxy.internal", "addresses and networks of proxies"),
        ("HUIXIANG_TRUSTED_PROXIES", "10.0.0.1/8", "addresses and networks of proxies"),
        ("HUIXIANG_PROT", "80", "did you mean HUIXIANG_PORT?"),
    ],
)
def test_a_refusal_names_the_variable_the_value_and_what_is_allowed(variable: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.load({variable: value})
    for part in (variable, value, allowed):
        assert part in str(refusal.value)


def test_a_refusal_does_not_repeat_a_password() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.load({"HUIXIANG_DATABASE_URL": "mysql://huixiang:secret@db/huixiang"})
    assert "secret" not in str(refusal.value)
    assert "postgresql://" in str(refusal.value)


SECRET = "not-to-be-told"
HERE = [
    "postgresql://huixiang_app@/huixiang?host=%2Frun%2Fpostgresql",
    "postgresql://huixiang_app@/huixiang",
    f"postgresql://a:{SECRET}@localhost:5432/huixiang",
    f"postgresql://a:{SECRET}@127.0.0.1,[::1]:5433/huixiang",
]
ELSEWHERE = [
    f"postgresql://a:{SECRET}@db.shop.example/huixiang",
    f"postgresql://a:{SECRET}@10.0.0.5/huixiang?sslmode=require",
    f"postgresql://a:{SECRET}@10.0.0.5/huixiang?sslmode=verify-full&sslmode=disable",
    f"postgresql://a:{SECRET}@10.0.0.5/huixiang?sslmode=verify-ca",
    f"postgresql://a:{SECRET}@localhost,db2.shop.example/huixiang",
    f"postgresql://a:{SECRET}@127.0.0.1@db.shop.example/huixiang",
    f"postgresql://a:{SECRET}@localhost.shop.example/huixiang",
    f"postgresql://a:{SECRET}@/huixiang?host=db.shop.example",
    f"postgresql://a:{SECRET}@localhost/huixiang?hostaddr=10.0.0.5",
    "postgresql:///huixiang?service=shop",
]


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize("field", ["DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_READ_URL"])
def test_production_speaks_to_a_database_elsewhere_under_verified_tls_alone(field: str) -> None:
    for url in [*HERE, f"postgresql://a:{SECRET}@db.shop.example/huixiang?sslmode=verify-full&sslrootcert=/etc/ca.pem"]:
        assert Settings.load({f"HUIXIANG_{field}": url}).environment == "production"
    for url in ELSEWHERE:
        given = {f"HUIXIANG_{field}": url}
        with pytest.raises(SettingsError) as refusal:
            Settings.load(given)
        told = str(refusal.value)
        assert [
            part for part in (f"HUIXIANG_{field}", "sslmode=verify-full", "TRUSTED_NETWORK") if part not in told
        ] == []
        assert SECRET not in told
        assert Settings.load(given | {"HUIXIANG_TRUSTED_NETWORK": "on"}).trusted_network == "on"
        assert Settings.load(given | {"HUIXIANG_ENVIRONMENT": "test"}).trusted_network == "off"
    with pytest.raises(SettingsError, match="verify-full"):
        Settings.load({f"HUIXIANG_{field}": HERE[1], "PGHOST": "db.shop.example"})


@pytest.mark.requirement("SEC-01")
def test_production_speaks_to_a_cache_elsewhere_under_verified_tls_alone() -> None:
    for url in ("unix:///run/valkey.sock", f"valkey://:{SECRET}@127.0.0.1:6379/0", "redis://localhost", "valkey://[::1]:6379",
                f"valkeys://:{SECRET}@cache.shop.example:6380/0", "rediss://cache.shop.example"):  # fmt: skip
        assert Settings.load({"HUIXIANG_VALKEY_URL": url}).valkey_url == url
    for url in (f"valkey://:{SECRET}@cache.shop.example:6379/0", "redis://10.0.0.6",
                f"valkeys://:{SECRET}@cache.shop.example?ssl_cert_reqs=none",
                f"valkeys://:{SECRET}@cache.shop.example?ssl_check_hostname=false"):  # fmt: skip
        with pytest.raises(SettingsError, match="valkeys://") as refusal:
            Settings.load({"HUIXIANG_VALKEY_URL": url})
        assert SECRET not in str(refusal.value)
        assert Settings.load({"HUIXIANG_VALKEY_URL": url, "HUIXIANG_TRUSTED_NETWORK": "on"}).valkey_url == url


def test_settings_survive_the_way_to_a_child_process() -> None:
    given = Settings.load({"HOME": "/home/a", "HUIXIANG_VALKEY": "off", "HUIXIANG_API_PROCESSES": "3"})
    assert Settings.load(given.as_environment()) == given


def test_settings_of_the_tests_are_not_the_programs() -> None:
    assert Settings.load({"HUIXIANG_TEST_POSTGRES_BIN": "/usr/lib/postgresql/15/bin"}).database_url is None
