"""The one replaced method of the emulator is replaced in the version it was written for, and in no other."""

import subprocess

from local.emulator import INTERPRETER, LAUNCHER

OTHER_VERSION = f"""
import importlib.metadata, runpy
importlib.metadata.version = lambda name: "9.9.9"
runpy.run_path({str(LAUNCHER)!r}, run_name="__main__")
"""


def test_another_version_of_the_emulator_is_refused() -> None:
    done = subprocess.run(  # noqa: S603 (our own)
        [str(INTERPRETER), "-c", OTHER_VERSION], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert "written for ministack 1.5.33, and this is 9.9.9" in done.stderr
