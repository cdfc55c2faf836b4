"""RTSP addresses: checked when they are read, and written down without the password."""

from urllib.parse import unquote, urlsplit, urlunsplit


def check(url: str) -> None:
    """Refuse what is no RTSP address; the words never repeat the password.

    Raises:
        ValueError: It has another scheme, no host, or a port that is none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port = 0
        parts = urlsplit("")
    if parts.scheme not in ("rtsp", "rtsps") or not parts.hostname or port == 0:
        raise ValueError(
            'expected an address such as "rtsp://10.0.0.7/main" '
            "(characters such as @ or / in a password are written %40 and %2F)"
        )


def without_login(url: str) -> str:
    """Return the address without name, password and query, for logs and errors.

    The query goes too, and the path from the first part with a `=` or `&` on: some makers take
    the login there (`/user=admin&password=…&channel=1`).
    """
    parts = urlsplit(url)
    _, _, host = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, host, _plain(parts.path), "", ""))


def _plain(path: str) -> str:
    shown: list[str] = []
    for segment in path.split("/"):
        if {"=", "&"} & set(unquote(segment)):
            shown.append("…")  # and nothing after it: a password may hold a slash
            break
        shown.append(segment)
    return "/".join(shown)
