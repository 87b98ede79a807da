"""Conditions as SQL over all members, and the reading of what predicates need of some. Text and parameters only: who
runs them has the database."""

from huixiang.conditions.sql.loading import HistoryQuery, select_purchases, select_values, values_of
from huixiang.conditions.sql.where import Query, compile, refusals  # noqa: A004

__all__ = ["HistoryQuery", "Query", "compile", "refusals", "select_purchases", "select_values", "values_of"]
