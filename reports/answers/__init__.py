"""Answers about leads: what to ask, what would change the grade, what changed it."""
