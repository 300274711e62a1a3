"""Documents -> the typed model: names found, values typed, conditions resolved."""
