"""A number plate is personal data: what of it a log may show."""


def mask(text: str) -> str:
    """Return the first character and the length of a plate's text, the rest as stars."""
    return text[:1] + "*" * (len(text) - 1)
