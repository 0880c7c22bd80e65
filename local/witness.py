"""A witness of its own for this machine: it cosigns what a log shows it, if that begins with all it was shown before.

It speaks tlog-witness (add-checkpoint, and the latest checkpoint for monitors). What it has seen and its key are files
in a directory of its own, written before it answers; a file that is half written cannot be met.
"""

import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local import serve
from services.kit.tlog.checkpoints import Checkpoint, read_checkpoint
from services.kit.tlog.cosignatures import cosign
from services.kit.tlog.merkle import verify_consistency
from services.kit.tlog.notes import COSIGNATURE, Note, VerifierKey, read_note, verify_note
from services.kit.tlog.submissions import PATH, SIZE_TYPE, Submission, read_submission

NAME = "witness.xueshi.local"
TEXT = "text/plain; charset=utf-8"
MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """Status, body, and the body's type."""

    status: HTTPStatus
    body: str = ""
    type: str = TEXT


class Witness:
    """What it decides, and what it remembers of each log."""

    def __init__(
        self, home: Path, logs: Mapping[str, VerifierKey], name: str = NAME, now: Callable[[], float] = time.time
    ) -> None:
        """`logs`: the keys that it trusts, by the logs' origins. `home` is made if it is not there."""
        home.mkdir(parents=True, exist_ok=True)
        self._home = home
        self._logs = logs
        self._key = _kept_key(home / "key")
        self.key = VerifierKey(name, COSIGNATURE, self._key.public_key().public_bytes_raw())
        self._now = now
        self._lock = threading.Lock()

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self._key.sign(message)

    def add_checkpoint(self, body: str) -> Answer:
        """Answers a submission: with a cosignature, or why there is none."""
        try:
            submission = read_submission(body)
            checkpoint = read_checkpoint(submission.checkpoint.text)
        except ValueError as error:
            return Answer(HTTPStatus.BAD_REQUEST, f"{error}\n")
        key = self._logs.get(checkpoint.origin)
        if key is None:
            return Answer(HTTPStatus.NOT_FOUND, "not a log that this witness knows\n")
        try:
            verify_note(submission.checkpoint, key)
        except ValueError as error:
            return Answer(HTTPStatus.FORBIDDEN, f"{error}\n")
        # Looking at what was seen last and remembering what is seen now are one step.
        with self._lock:
            return self._answer(submission, checkpoint)

    def latest(self, origin_hash: str) -> str | None:
        """The checkpoint that it cosigned last, of the log whose origin has this SHA-256; None where there is none."""
        kept = self._home / f"{origin_hash}.note"
        known = {_hash_of(origin) for origin in self._logs}
        return kept.read_text("utf-8") if origin_hash in known and kept.exists() else None

    def _answer(self, submission: Submission, checkpoint: Checkpoint) -> Answer:
        seen = self._seen(checkpoint.origin)
        if submission.old_size > checkpoint.size:
            return Answer(HTTPStatus.BAD_REQUEST, "the old size is above the new one\n")
        if submission.old_size != (seen.size if seen else 0):
            return Answer(HTTPStatus.CONFLICT, f"{seen.size if seen else 0}\n", SIZE_TYPE)
        try:
            _require_growth(seen, checkpoint, submission)
        except ValueError as error:
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error}\n")
        note = submission.checkpoint
        cosignature = cosign(note.text, self.key, self, int(self._now()))
        self._remember(checkpoint.origin, note.and_signed(cosignature))
        return Answer(HTTPStatus.OK, f"{cosignature}\n")

    def _seen(self, origin: str) -> Checkpoint | None:
        text = self.latest(_hash_of(origin))
        return read_checkpoint(read_note(text).text) if text else None

    def _remember(self, origin: str, note: Note) -> None:
        _write(self._home / f"{_hash_of(origin)}.note", str(note).encode())


def _require_growth(seen: Checkpoint | None, now: Checkpoint, submission: Submission) -> None:
    """Raises ValueError unless the checkpoint is proved to begin with what was seen last."""
    if seen is None:
        if submission.hashes:
            raise ValueError("there is nothing to prove yet")
        return
    verify_consistency(seen.size, seen.root, now.size, now.root, submission.hashes)


def _hash_of(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def _kept_key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        _write(path, secrets.token_bytes(32))
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before anybody is told."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o600)
    fresh.replace(path)


def witness_app(witness: Witness) -> Starlette:
    """The witness over HTTP."""

    async def add_checkpoint(request: Request) -> Response:
        body = await request.body()
        if len(body) > MAX_BODY_BYTES:
            return Response("too long\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, media_type=TEXT)
        try:
            text = body.decode()
        except ValueError:
            return Response("not UTF-8\n", HTTPStatus.BAD_REQUEST, media_type=TEXT)
        answer = await run_in_threadpool(witness.add_checkpoint, text)
        return Response(answer.body, answer.status, media_type=answer.type)

    async def latest(request: Request) -> Response:
        text = await run_in_threadpool(witness.latest, request.path_params["origin_hash"])
        return Response(text or "", HTTPStatus.OK if text else HTTPStatus.NOT_FOUND, media_type=TEXT)

    return Starlette(
        routes=[
            Route(PATH, add_checkpoint, methods=["POST"]),
            Route("/{origin_hash}/checkpoint", latest, methods=["GET"]),
        ]
    )


def witnessing(witness: Witness, listener: socket.socket) -> contextlib.AbstractContextManager[str]:
    """Serves a witness in a thread until the block ends; gives its address (the submission prefix)."""
    return serve.serving(witness_app(witness), listener, "witness")
