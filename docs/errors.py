"""All error codes, from the problems that the functions declare: the page that people read, and the same as data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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


def document(apis: Mapping[str, Sequence[HttpApi]]) -> dict[str, Any]:
    """The same for programs, from which the client has its types and its page: the codes of each service, those that
    every service has under `all`."""
    services = {"all": COMMON, **{service: _own(functions) for service, functions in apis.items()}}
    return {service: [_told(problem) for problem in _sorted(problems)] for service, problems in services.items()}


def _told(problem: ProblemType) -> dict[str, Any]:
    return {
        "code": problem.code,
        "status": problem.status.value,
        "detail": problem.detail,
        "detail_en": problem.detail_en,
        "next": problem.next,
        "next_en": problem.next_en,
    }


def _sorted(problems: Iterable[ProblemType]) -> list[ProblemType]:
    return sorted(problems, key=lambda problem: problem.code)


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
    rows = [[*problem.cells(), problems[problem]] for problem in _sorted(problems)]
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(cells)} |" for cells in lines), ""])
