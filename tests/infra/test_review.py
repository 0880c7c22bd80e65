"""What the usual tools say about the templates, and that the platform of the layer does not change them."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra import packaging
from infra.app import build_app, synth
from tests.templates import read_templates


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly for AWS's CPU, written with cdk-nag looking on; its report is beside the templates."""
    # Imported here because the import itself starts node, in every worker that collects tests.
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks

    directory = tmp_path_factory.mktemp("reviewed")
    # The runtime's own Python, which makes the bytecode, need not be on this machine.
    target = replace(packaging.AWS, python=packaging.host_platform().python)
    app = build_app(directory, target, say=lambda _: None)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError as error:
        # The templates are written by then; the findings are for the test that is about them.
        (directory / "findings.txt").write_text(str(error))
    return directory


def test_cdk_nag_finds_nothing_that_we_have_not_answered(reviewed: Path) -> None:
    findings = reviewed / "findings.txt"
    assert not findings.exists(), findings.read_text()


def test_templates_are_the_same_for_every_platform(reviewed: Path, tmp_path: Path) -> None:
    here = synth(tmp_path, packaging.host_platform(), say=lambda _: None)
    names = [f"{stack}.template.json" for stack in read_templates(reviewed)]
    assert len(names) == 6
    for name in names:
        assert (here / name).read_bytes() == (reviewed / name).read_bytes()


def test_cfn_lint_is_content(reviewed: Path) -> None:
    # W3005: CDK names a function's role in DependsOn although the function refers to it anyway.
    options = ["--ignore-checks", "W3005", "--format", "json", "--regions", "us-east-1"]
    names = [str(reviewed / f"{stack}.template.json") for stack in read_templates(reviewed)]
    command = [str(Path(sys.executable).with_name("cfn-lint")), *options, "--", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert [(f["Filename"], f["Location"]["Path"], f["Message"]) for f in json.loads(done.stdout)] == []
