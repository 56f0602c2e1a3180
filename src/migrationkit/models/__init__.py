"""Models: documented formulas with their source, in numpy and pandas alone."""
