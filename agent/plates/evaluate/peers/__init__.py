"""Other readers, run on the same pictures: adapters, the rule that finds a plate in their text."""
