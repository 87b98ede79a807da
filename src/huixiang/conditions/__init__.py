"""The one condition language: who, what, when, as data that is checked, run in memory, run as SQL, and explained."""
