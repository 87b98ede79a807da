"""The program `huixiang`."""

from huixiang.entry.cli.main import main

__all__ = ["main"]
