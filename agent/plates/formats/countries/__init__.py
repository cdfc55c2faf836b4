"""The plates of each country: one table a country, named after its vehicle code."""
