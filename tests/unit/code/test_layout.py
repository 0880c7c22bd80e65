"""The four services have the same rooms, and the same thing is in the same room: docs/architecture.md has the table."""

import ast
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = ("catalog", "credits", "orders", "playback")

ROOMS = ("README.md", "docs", "*.toml", "bootstrap.py", "bootstrap_*.py", "adapters", "app", "cli", "domain", "events")
FUNCTIONS = "handlers"
FLAT_IN_APP = {"context.py", "items.py", "metrics.py", "ports.py", "problems.py"}
"""What concerns several subjects; everything else of `app` is in the folder of its subject."""
NO_ROOM = {"keys.py", "models.py", "pages.py", "records.py", "utils.py", "views.py"}
"""Keys and stored classes are in items.py, a request's and an answer's models beside their routes."""

UNITS_OF_WORK = {
    # The account as it was read under one version of its head, with what is to be posted to it.
    "services/credits/app/ledger/account.py: Account",
}
"""Classes that hold the store and are no use cases."""
NOUNS = {"Ending", "Finding", "Listing", "Posting", "Rating", "Spelling", "Standing"}
"""Names that end like participles and are nouns of the field."""
PARTICIPLES = {"Drawn", "Found", "Given", "Held", "Kept", "Made", "Paid", "Said", "Seen", "Sent", "Told", "Written"}


def modules(folder: Path) -> Iterator[Path]:
    """All Python files of a folder but those that only make it a package."""
    return (file for file in sorted(folder.rglob("*.py")) if file.name != "__init__.py")


def entries(folder: Path) -> Iterator[Path]:
    """What is directly in a folder."""
    return (entry for entry in sorted(folder.iterdir()) if entry.name not in {"__init__.py", "__pycache__"})


def parsed(file: Path) -> ast.Module:
    """A file's tree."""
    return ast.parse(file.read_text("utf-8"))


def out_of_place(service: Path) -> Iterator[Path]:
    """Files and folders that are in no room, or in the wrong one."""
    rooms = (*ROOMS, FUNCTIONS)
    yield from (entry for entry in entries(service) if not any(fnmatch(entry.name, room) for room in rooms))
    app, domain, handlers = (service / room for room in ("app", "domain", FUNCTIONS))
    yield from (entry for entry in entries(app) if entry.is_file() and entry.name not in FLAT_IN_APP)
    yield from (file for file in modules(app) if len(file.relative_to(app).parts) > 2)
    yield from (file for file in modules(domain) if file.parent != domain)
    yield from (entry for entry in entries(handlers) if entry.is_dir() and entry.name != "routes")
    for file in (*modules(app), *modules(domain), *modules(handlers / "routes")):
        if file.name in NO_ROOM or file.stem.endswith("_views"):
            yield file


def no_functions(service: Path) -> Iterator[Path]:
    """Modules beside the routes that are no Lambda function."""
    for file in (service / FUNCTIONS).glob("*.py"):
        if file.name != "__init__.py" and "handler" not in set(names(file)):
            yield file


def names(file: Path) -> Iterator[str]:
    """What a module defines or assigns."""
    for node in parsed(file).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def routes_without_a_subject(service: Path) -> Iterator[Path]:
    """Routes under another name than the use cases that they call. What adds no route serves several subjects."""
    routes = service / FUNCTIONS / "routes"
    subjects = {entry.name for entry in entries(service / "app") if entry.is_dir()}
    for file in modules(routes):
        subject = file.relative_to(routes).with_suffix("").parts[0]
        if subject not in subjects and any(adds_a_route(node) for node in ast.walk(parsed(file))):
            yield file


def adds_a_route(node: ast.AST) -> bool:
    """Whether a function is decorated with `@….route(…)`."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "route"
        for mark in node.decorator_list
    )


def service_classes(service: Path) -> Iterator[str]:
    """Classes of `app` that hold the store: use cases are functions, and only contexts hold ports for them.

    A context is in context.py, or beside the one use case that takes it.
    """
    for file in modules(service / "app"):
        for cls in classes(file):
            named = cls.name.endswith("Context")
            holds = holds_ports(cls) and not cls.name.startswith("_")
            at_home = file.name == "context.py" or any(ctx == cls.name for ctx in taken(file))
            if (holds or named) and not (named and at_home):
                yield f"{file}: {cls.name}"


def taken(file: Path) -> Iterator[str]:
    """The types of what a module's public functions take first."""
    for function in parsed(file).body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_") and function.args.args:
            annotation = function.args.args[0].annotation
            yield ast.unparse(annotation) if annotation else ""


def holds_ports(cls: ast.ClassDef) -> bool:
    """Whether an instance holds the store, or a context, which holds it."""
    fields = [part.annotation for part in cls.body if isinstance(part, ast.AnnAssign)]
    makers = [part for part in cls.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
    taken = [argument.annotation for maker in makers for argument in maker.args.args if argument.annotation]
    return any(is_port(annotation) for annotation in (*fields, *taken))


def is_port(annotation: ast.expr | None) -> bool:
    """Whether this is the type of the store or of a context."""
    text = ast.unparse(annotation) if annotation else ""
    return text == "Store" or text.endswith("Context")


def contexts_by_another_name(service: Path) -> Iterator[str]:
    """Public functions of `app` that take a context elsewhere than first, or not as `ctx`."""
    for file in modules(service / "app"):
        for function in parsed(file).body:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                places = [
                    number
                    for number, argument in enumerate((*function.args.args, *function.args.kwonlyargs))
                    if argument.annotation and ast.unparse(argument.annotation).endswith("Context")
                ]
                if places and (places != [0] or function.args.args[0].arg != "ctx"):
                    yield f"{file}: {function.name}"


def classes(file: Path) -> Iterator[ast.ClassDef]:
    """The classes of a module."""
    return (node for node in parsed(file).body if isinstance(node, ast.ClassDef))


def participles(service: Path) -> Iterator[str]:
    """Classes named by what happened to a thing, not by what it is. Events and errors do say what happened."""
    for file in modules(service):
        if "events" not in file.parts:
            named = (cls for cls in classes(file) if is_participle(cls.name) and not is_error(cls))
            yield from (f"{file}: {cls.name}" for cls in named)


def is_participle(name: str) -> bool:
    """Whether a name's last word is one, as far as its ending shows."""
    word = name[max(number for number, letter in enumerate(name) if letter.isupper()) :]
    return word not in NOUNS and (word in PARTICIPLES or word.endswith(("ed", "ing")))


def is_error(cls: ast.ClassDef) -> bool:
    """Whether a class is raised."""
    return any(ast.unparse(base).endswith(("Error", "Exception")) for base in cls.bases)


def has_no_ids(service: Path) -> Iterator[Path]:
    """Where the types of ids should be, so that mypy sees one in another's place."""
    if not (service / "domain" / "ids.py").exists():
        yield service / "domain" / "ids.py"


Rule = Callable[[Path], Iterator[Path | str]]
RULES: list[Rule] = [
    out_of_place,
    no_functions,
    routes_without_a_subject,
    service_classes,
    contexts_by_another_name,
    participles,
    has_no_ids,
]


def found(service: str, rule: Rule) -> set[str]:
    """What breaks a rule, by paths from the root."""
    return {str(thing).removeprefix(f"{ROOT}/") for thing in rule(ROOT / "services" / service)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("service", SERVICES)
def test_the_layout(service: str, rule: Rule) -> None:
    assert found(service, rule) - UNITS_OF_WORK == set()
