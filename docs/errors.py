"""The page of all error codes, from the problems that the functions declare."""

from collections.abc import Mapping, Sequence

from services.kit.http import HttpApi
from services.kit.problems import COMMON, ProblemType

_HEAD = """# Error codes

<!-- Written by `make openapi` from the services' code. -->

A refusal is a problem document (RFC 9457, `application/problem+json`) and changes nothing.
`code` says what it is and never changes its meaning; `detail` and `next` say it in Chinese, `detail_en` and `next_en`
in English; further members depend on the code.
New codes may come with any release, so a client shows the texts of a code that it does not know.

The gateway before the functions refuses some requests by itself, with `{"message": …}` as `application/json`:
401 without a valid access token, 404 for an address or method that the API does not have, 413, 429, 500, 503 and 504.
"""


def page(apis: Mapping[str, Sequence[HttpApi]]) -> str:
    """The page, from the functions of each service."""
    sections = [_HEAD, _section("Of every service", dict.fromkeys(COMMON, "all"))]
    sections += [_section(f"Of {service}", _own(functions)) for service, functions in apis.items()]
    return "\n".join(sections)


def _own(apis: Sequence[HttpApi]) -> dict[ProblemType, str]:
    """What these declare besides the common ones, with the names of the functions that do."""
    found: dict[ProblemType, set[str]] = {}
    for api in apis:
        for problem in {*api.problems} - {*COMMON}:
            found.setdefault(problem, set()).update(_names(api))
    return {problem: ", ".join(f"`{name}`" for name in sorted(names)) for problem, names in found.items()}


def _names(api: HttpApi) -> set[str]:
    routes = api.openapi()["paths"].values()
    return {operation["x-function"] for operations in routes for operation in operations.values()}


def _section(title: str, problems: Mapping[ProblemType, str]) -> str:
    columns = ["code", "status", "zh", "en", "next, zh", "next, en", "functions"]
    rows = [[*problem.cells(), problems[problem]] for problem in sorted(problems, key=lambda problem: problem.code)]
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(cells)} |" for cells in lines), ""])
