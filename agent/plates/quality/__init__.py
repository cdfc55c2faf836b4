"""How good a camera's pictures are for reading plates: figures, goals, what hinders, what to do."""
