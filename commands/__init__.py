"""The commands by subject. Each parses, calls, prints; the work is done in the rooms."""
