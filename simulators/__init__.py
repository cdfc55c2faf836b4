"""The street without the street: a world, its cameras, a broker and a control centre."""
