"""An endpoint of models over real HTTP, which answers what a test scripts and keeps what it was sent."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer: its status, its body, and how long it takes in seconds."""

    body: bytes
    status: int = 200
    seconds: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Sent:
    """One request as it was on the wire."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass
class ModelEndpoint:
    """Its address, and all that was sent to it."""

    url: str = ""
    sent: list[Sent] = field(default_factory=list)

    @property
    def wire(self) -> str:
        """Everything that was ever sent, paths and headers too, as text in which JSON's escapes are undone."""
        parts = [f"{s.path} {s.headers} {s.body.decode('utf-8', 'replace')}" for s in self.sent]
        return "\n".join(part + part.encode().decode("unicode_escape", "replace") for part in parts)


Script = Sequence[Reply] | Callable[[Sent], Reply]


@contextmanager
def model_endpoint(script: Script) -> Iterator[ModelEndpoint]:
    """Answers in the order of the script, or what it makes of each request; past its end 500."""
    endpoint = ModelEndpoint()
    replies = iter(script) if isinstance(script, Sequence) else None
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = Sent(self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                endpoint.sent.append(sent)
                reply = script(sent) if callable(script) else next(replies or iter(()), Reply(b"{}", 500))
            time.sleep(reply.seconds)
            try:
                self._send(reply)
            except OSError:
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **dict(reply.headers)}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


def chat(arguments: object, finish: str = "tool_calls") -> Reply:
    """A chat completion that calls the tool with these arguments, given as an object or as text."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    call = {"id": "call-1", "type": "function", "function": {"name": "hand_in", "arguments": text}}
    return _completion({"role": "assistant", "content": None, "tool_calls": [call]}, finish)


def chat_text(text: str) -> Reply:
    """A chat completion that writes instead of calling the tool."""
    return _completion({"role": "assistant", "content": text}, "stop")


def _completion(message: dict[str, Any], finish: str) -> Reply:
    choice = {"index": 0, "finish_reason": finish, "message": message}
    body = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "fake", "choices": [choice]}
    return Reply(json.dumps(body).encode())


def converse(tool_input: object, stop: str = "tool_use") -> Reply:
    """An answer of Bedrock's Converse that calls the tool."""
    block = {"toolUse": {"toolUseId": "t-1", "name": "hand_in", "input": tool_input}}
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    body = {
        "output": {"message": {"role": "assistant", "content": [block]}},
        "stopReason": stop, "usage": usage, "metrics": {"latencyMs": 1},
    }  # fmt: skip
    return Reply(json.dumps(body).encode())
