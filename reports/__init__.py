"""Decisions and findings -> what a person reads."""
