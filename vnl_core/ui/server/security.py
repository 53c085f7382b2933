"""What the browser lets a page do: a Content-Security-Policy that knows this server alone.

Should a text from a file ever be taken for Markdown or HTML, nothing it names is fetched: no
picture, no script, no frame, no font of another server, and nothing is sent to one.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit makes modules of our components' scripts from blobs, and writes styles and scripts of
# its own into the page; Plotly draws pictures of charts by way of blobs and data addresses; Vega,
# with which a lab's own page may draw, compiles its expressions (`unsafe-eval`). What keeps a page
# from reaching other machines is that no source but this one is named.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)


class SecurityHeaders:
    """ASGI middleware that sends the policy with every answer."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; see the ASGI specification."""

        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, with_policy if scope["type"] == "http" else send)
