"""Files to save, as several routes return them."""

from base64 import b64encode
from typing import Any

from aws_lambda_powertools.event_handler import Response

PDF = "application/pdf"


def file_answer(content_type: str, description: str) -> dict[int, Any]:
    """How the API's document describes a route that returns a file."""
    content = {content_type: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": description, "content": content}}


def text_response(content: bytes, content_type: str, name: str) -> Response[str]:
    """Text to save under a name."""
    return Response(200, f"{content_type}; charset=utf-8", content.decode(), headers=_named(name))


def pdf_response(document: bytes, name: str) -> Response[str]:
    """A document to save under a name. The gateway makes it bytes again: the framework would take bytes for UTF-8."""
    response = Response(200, PDF, b64encode(document).decode(), headers=_named(name))
    response.base64_encoded = True
    return response


def _named(name: str) -> dict[str, str | list[str]]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
