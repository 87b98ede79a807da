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


def test_settings_survive_the_way_to_a_child_process() -> None:
    given = Settings.load({"HOME": "/home/a", "HUIXIANG_VALKEY": "off", "HUIXIANG_API_PROCESSES": "3"})
    assert Settings.load(given.as_environment()) == given


def test_settings_of_the_tests_are_not_the_programs() -> None:
    assert Settings.load({"HUIXIANG_TEST_POSTGRES_BIN": "/usr/lib/postgresql/15/bin"}).database_url is None
