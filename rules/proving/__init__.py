"""Exact search over the values that facts may take: what can hold, and for which lead."""
