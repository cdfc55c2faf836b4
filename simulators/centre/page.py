"""The centre's web page and JSON API. Reads only; nothing here can change anything."""

from importlib.resources import files

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulators.centre.hub import MOST_PAGES, Hub
from simulators.centre.reader import Reader
from simulators.centre.traffic import traffic
from simulators.centre.views import (
    MOST_ROWS,
    PASSAGES,
    gaps,
    newest_passages,
    nodes,
    records,
    refused,
)

JAVASCRIPT = "text/javascript; charset=utf-8"
STATIC = {
    "style.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    **dict.fromkeys(
        [
            "books.js",
            "centre.js",
            "dom.js",
            "map.js",
            "nodes.js",
            "passages.js",
            "plate.js",
            "status.js",
            "traffic.js",
            "words.js",
        ],
        JAVASCRIPT,
    ),
}

MOST_DIGITS = 18
"""A cursor stays below 2**63."""

FONTS = ("GL-Nummernschild-Mtl.ttf", "OSP-DIN.ttf")
"""Plate lettering from the plate art's package data; the page does without where it is absent."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
        " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",  # passages are personal data
}


class Guarded:
    """Puts the protecting headers on every answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *own]
            await send(message)

        await self._app(scope, receive, guarded)


def page(hub: Hub, reader: Reader, hosts: list[str]) -> Starlette:
    """Build the application; it answers only under the names in `hosts` ("*" for any)."""
    answers = Answers(hub, reader)
    return Starlette(
        routes=[
            Route("/", answers.index),
            Route("/static/{name}", answers.static),
            Route("/fonts/{name}", answers.font),
            Route("/api/events", answers.events),
            Route("/api/nodes", answers.nodes),
            Route("/api/passages", answers.passages),
            Route("/api/records", answers.records),
            Route("/api/gaps", answers.gaps),
            Route("/api/traffic", answers.traffic),
            Route("/api/refused", answers.refused),
            Route("/healthz", answers.health),
        ],
        middleware=[
            Middleware(Guarded),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
    )


class Answers:
    """One method for each address."""

    def __init__(self, hub: Hub, reader: Reader) -> None:
        self._hub = hub
        self._reader = reader
        self._folder = files(__package__) / "static"

    async def index(self, _: Request) -> Response:
        return Response((self._folder / "index.html").read_bytes(), media_type="text/html")

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            return _json({"error": "no such file"}, 404)
        return Response((self._folder / name).read_bytes(), media_type=STATIC[name])

    async def font(self, request: Request) -> Response:
        name = request.path_params["name"]
        file = files("models") / "plate_art" / "fonts" / name
        if name not in FONTS or not file.is_file():
            return _json({"error": "no such font"}, 404)
        return Response(file.read_bytes(), media_type="font/ttf")

    async def events(self, request: Request) -> Response:
        if self._hub.pages >= MOST_PAGES:
            return _json({"error": f"{MOST_PAGES} pages are open already"}, 503)
        after = _number(request.headers.get("last-event-id")) or 0
        return StreamingResponse(self._hub.stream(after), media_type="text/event-stream")

    async def nodes(self, _: Request) -> Response:
        return _json(await self._reader.ask(nodes))

    async def passages(self, request: Request) -> Response:
        """Answer the passages after a cursor, or without one the newest."""
        after = _number(request.query_params.get("after"))
        if after is None:
            return _json(await self._reader.ask(lambda db: newest_passages(db, MOST_ROWS)))
        return _json(await self._reader.ask(lambda db: records(db, after, PASSAGES)))

    async def records(self, request: Request) -> Response:
        query = request.query_params
        after, stream, node = _number(query.get("after")), query.get("stream"), query.get("node")
        return _json(await self._reader.ask(lambda db: records(db, after or 0, stream, node)))

    async def gaps(self, _: Request) -> Response:
        return _json(await self._reader.ask(gaps))

    async def traffic(self, _: Request) -> Response:
        return _json(await self._reader.ask(traffic))

    async def refused(self, _: Request) -> Response:
        return _json(await self._reader.ask(refused))

    async def health(self, _: Request) -> Response:
        """Answer 200 while the page works; whether the broker is there is in the answer."""
        return _json(self._hub.state())


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _number(text: str | None) -> int | None:
    """Read a cursor; nonsense is none."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        return None
    return int(text)
