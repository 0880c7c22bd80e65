"""The minute's schedule: keeps the search's files. It can change nothing in the table."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap_index
from services.catalog.app.search.keep_files import keep_search_files
from services.kit.observability import logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """One run. `{"anew": true}`, as `python -m ops.search_index` sends it, makes the index whatever is known of it."""
    kept = keep_search_files(bootstrap_index.indexing(), anew=event.get("anew") is True)
    if kept.indexed:
        logger().info("courses indexed", change=kept.index)
    return asdict(kept)
