"""What functions emit and what is named as a metric is the same, so that no graph and no alarm looks at nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.metrics import EMITTED, SOURCES
from services.kit.metrics import COMMON, FUNCTION, VERSION, Metric

ROOT = Path(__file__).parents[3]
EMITTING = {"count", "measure", "Tally"}


def emissions() -> Iterator[tuple[str, str, frozenset[str]]]:
    """(service or "kit", the constant's name, the dimensions) of each call that emits a metric."""
    for file in sorted((ROOT / "services").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        imported = {
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "services.kit.observability"
            for name in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in imported & EMITTING:
                service = file.relative_to(ROOT).parts[1]
                yield service, ast.unparse(node.args[0]), frozenset(str(word.arg) for word in node.keywords)


def constants(file: Path) -> dict[str, Metric]:
    """The metrics that a file defines, by the constant's name."""
    module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    return {n: v for n, v in vars(__import__(module, fromlist=["*"])).items() if isinstance(v, Metric)}


def defined() -> dict[tuple[str, str], Metric]:
    """All metrics by where they are defined (a service, or "kit") and the constant's name."""
    return {
        (file.relative_to(ROOT).parts[1], name): metric for file in SOURCES for name, metric in constants(file).items()
    }


def test_whatever_is_named_is_emitted_and_whatever_is_emitted_is_named() -> None:
    known = defined()
    kit = {name for service, name in known if service == "kit"}
    emitted = {("kit" if name in kit else service, name) for service, name, _ in emissions()}
    assert emitted == set(known)


def test_an_emission_gives_the_dimensions_that_its_metric_has() -> None:
    known = defined()
    for service, name, given in emissions():
        metric = known.get((service, name)) or known["kit", name]
        wanted = {dimension for names in metric.dimensions for dimension in names} - {FUNCTION, VERSION}
        assert given == wanted, name


def test_each_service_has_a_file_of_its_own_for_what_it_emits() -> None:
    files = {file.parts[-3]: file for file in (ROOT / "services").glob("*/app/metrics.py")}
    assert {*files.values(), ROOT / "services/kit/metrics.py"} == set(SOURCES)
    for service, metrics in EMITTED.items():
        own = constants(files[service]).values() if service in files else ()
        assert set(metrics) == {*COMMON, *own}


def test_a_name_is_of_one_metric_and_says_what_it_means() -> None:
    metrics = set(defined().values())
    assert len({metric.name for metric in metrics}) == len(metrics)
    assert all(metric.meaning and metric.dimensions for metric in metrics)
