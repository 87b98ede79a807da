"""What every test gets."""

pytest_plugins = ("tests.hypothesis_profiles", "tests.longest_first", "tests.support.fixtures")
