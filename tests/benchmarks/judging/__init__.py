"""What the street benchmark is made of: a stretch read, each miss asked again, their sheet."""
