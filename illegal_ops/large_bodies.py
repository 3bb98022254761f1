"""Requests whose body is larger than any page takes: read to the end and thrown away, so that the sender hears why.

A browser shows an answer only when it has sent the whole body. A server that answers at the header and closes leaves
the person with «connection reset» instead of a message. So the body goes past, never more than a piece of it in memory
and nothing on disk; the page then gets the request with its announced length and an empty body, and refuses it in its
own words. Beyond `MOST_DRAINED` the server closes as it always did: nobody sends that by mistake.
"""

from collections.abc import Mapping
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.utilities import RequestEntityTooLarge

MOST_DRAINED = 4 * 1024**3


class DrainingParser(HTTPRequestParser):
    """Takes an announced body that is too large without keeping it; a chunked one, which no form sends, is refused."""

    to_drain = 0

    def received(self, data: bytes) -> int:
        if self.to_drain:
            drained = min(len(data), self.to_drain)
            self.to_drain -= drained
            self.completed = self.to_drain == 0
            return drained
        consumed: int = super().received(data)
        if self._is_announced_too_large():
            self.error, self.completed = None, False
            self.to_drain = self.content_length
        return consumed

    def _is_announced_too_large(self) -> bool:
        is_announced = not self.chunked and 0 < self.content_length <= MOST_DRAINED
        return is_announced and isinstance(self.error, RequestEntityTooLarge)


class DrainingChannel(HTTPChannel):
    parser_class = DrainingParser


def drain_large_bodies(sockets: Mapping[int, Any]) -> None:
    """Lets every listener among the server's sockets read large bodies to their end."""
    for listener in sockets.values():
        if isinstance(listener, BaseWSGIServer):
            listener.channel_class = DrainingChannel
