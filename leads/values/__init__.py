"""Texts of cells -> typed values, by the policy of their column."""
