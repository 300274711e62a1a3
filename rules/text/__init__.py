"""What is written: YAML as nodes that know their places, conditions and formulas as trees."""
