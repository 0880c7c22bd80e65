"""Synthesizes the app for this CPU: `python -m local.synth <directory>`. A process of its own, for CDK's sake."""

import sys
from pathlib import Path

from infra.app import synth
from infra.packaging import PackagingError, host_platform
from infra.stages import LOCAL, StageError, stage

if __name__ == "__main__":
    try:
        synth(stage(LOCAL), Path(sys.argv[1]), host_platform())
    except (PackagingError, StageError) as error:
        sys.exit(str(error))
