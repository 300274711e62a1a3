"""Which column is which fact: names, exports that are known, mapping files, proposals."""
