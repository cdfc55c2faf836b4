"""Image quality: figures, what hinders, what to do."""
