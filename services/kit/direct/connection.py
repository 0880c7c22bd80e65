"""One connection of HTTP/1.1, kept from call to call: a request in one piece, an answer of a length that is told.

Ours, because http.client and the e-mail parser that it reads headers with are a sixth of a beat's start and a fifth of
its warm call. AWS's JSON services tell the length of every answer; whatever does not is taken for no answer.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from select import POLLIN, poll
from ssl import SSLContext

MAX_HEAD_BYTES = 16 * 1024


class BrokenAnswer(Exception):
    """What came is not an answer, or not the whole of one."""


@dataclass(frozen=True)
class Answer:
    """`headers` have names in small letters; of several of one name the last."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """Of a host and port, by TLS where a context is given. It is not open yet."""

    def __init__(self, host: str, port: int, tls: SSLContext | None, connect_seconds: float, answer_seconds: float):
        self._place = (host, port)
        self._tls = tls
        self._connect_seconds, self._answer_seconds = connect_seconds, answer_seconds
        self._socket: socket.socket | None = None
        self._reader: BufferedReader | None = None

    def exchange(self, head: bytes, body: bytes) -> Answer:
        """Sends a request, whose head ends in an empty line, and reads its answer. The connection is opened if need be.

        Raises:
            OSError: it could not be sent, or nothing came in time.
            BrokenAnswer: something else came.
        """
        if self._socket is not None and _has_news(self._socket):
            # One that has something to say unasked was closed by the other side, while nothing ran here.
            self.close()
        try:
            sending, reader = self._opened()
            sending.sendall(head + body)
            return self._read(reader)
        except (OSError, BrokenAnswer):
            self.close()
            raise

    def close(self) -> None:
        """Forgets the connection; the next call opens another."""
        if self._socket is not None:
            self._socket.close()
        if self._reader is not None:
            self._reader.close()
        self._socket = self._reader = None

    def _opened(self) -> tuple[socket.socket, BufferedReader]:
        if self._socket is None or self._reader is None:
            made = socket.create_connection(self._place, timeout=self._connect_seconds)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                made = self._tls.wrap_socket(made, server_hostname=self._place[0])
            made.settimeout(self._answer_seconds)
            self._socket, self._reader = made, made.makefile("rb")
        return self._socket, self._reader

    def _read(self, reader: BufferedReader) -> Answer:
        status, headers = _read_head(reader)
        try:
            length = int(headers["content-length"])
        except (KeyError, ValueError) as error:
            raise BrokenAnswer(f"status {status}, of no length that is told") from error
        body = reader.read(length)
        if len(body) < length:
            raise BrokenAnswer(f"status {status}, and {len(body)} of {length} bytes")
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)


def _read_head(reader: BufferedReader) -> tuple[int, dict[str, str]]:
    version, _, rest = _line(reader).partition(" ")
    status = rest[:3]
    if not version.startswith("HTTP/1.") or not status.isdecimal():
        raise BrokenAnswer("no answer of HTTP/1")
    headers = {}
    left = MAX_HEAD_BYTES
    while line := _line(reader):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
        left -= len(line)
        if left < 0:
            raise BrokenAnswer("an answer that begins without end")
    return int(status), headers


def _line(reader: BufferedReader) -> str:
    line = reader.readline(MAX_HEAD_BYTES)
    if not line.endswith(b"\n"):
        raise BrokenAnswer("the answer ended within its head" if line else "the connection was closed")
    return line.rstrip(b"\r\n").decode("latin-1")


def _has_news(open_socket: socket.socket) -> bool:
    poller = poll()
    poller.register(open_socket, POLLIN)
    return bool(poller.poll(0))
