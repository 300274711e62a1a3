"""A file of leads -> clean, typed facts; what could not be read, and why."""
