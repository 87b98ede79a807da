"""What every test gets."""

pytest_plugins = ("tests.hypothesis_profiles", "tests.support.fixtures")
