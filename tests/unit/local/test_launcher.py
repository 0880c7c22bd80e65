"""What is added to the emulator."""

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local import launcher
from local.launcher import SMALL_BYTES, SharedLayers


def layer(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"python/{name}.py", content)
    return packed.getvalue()


def test_a_layer_is_unpacked_once_and_workers_unpack_what_points_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    layers = {"one": layer(a=b"x = 1\n", big=b" " * SMALL_BYTES), "small": layer(a=b"x = 2\n")}
    shared = SharedLayers(layers.get)
    pointer = shared.pointer("one")
    assert pointer is not None
    with zipfile.ZipFile(io.BytesIO(pointer)) as archive:
        (name,) = archive.namelist()
        (home,) = (tmp_path / "layers").iterdir()
        assert name == f"python/lib/python3/site-packages/{home.name}.pth"
        assert repr(str(home / "python")) in archive.read(name).decode()
    assert (home / "python" / "a.py").read_text() == "x = 1\n"
    (home / "python" / "a.py").unlink()
    assert shared.pointer("one") is pointer
    assert not (home / "python" / "a.py").exists(), "it was unpacked again"
    assert shared.pointer("small") == layers["small"]
    assert shared.pointer("none") is None


def test_a_public_key_is_immutable_but_for_its_comment() -> None:
    records: dict[str, Any] = {}
    old = {"PublicKeyConfig": {"Name": "n", "EncodedKey": "k", "Comment": "c"}}
    id_, attributes = launcher._create(records, lambda: "K1", "PublicKeyConfig", "CreatedTime", "Key", old, "Stack")  # noqa: SLF001
    assert (id_, attributes["Id"], records["K1"]["Config"]) == ("K1", "K1", old["PublicKeyConfig"])
    fixed = ("EncodedKey", "Name")
    new = {"PublicKeyConfig": {**old["PublicKeyConfig"], "Comment": "d"}}
    launcher._update(records, "PublicKeyConfig", fixed, "K1", old, new, "Stack")  # noqa: SLF001
    assert records["K1"]["Config"]["Comment"] == "d"
    other = {"PublicKeyConfig": {**old["PublicKeyConfig"], "EncodedKey": "another"}}
    with pytest.raises(ValueError, match="CannotChangeImmutablePublicKeyFields: EncodedKey"):
        launcher._update(records, "PublicKeyConfig", fixed, "K1", new, other, "Stack")  # noqa: SLF001


def test_a_key_that_a_group_has_is_not_deleted() -> None:
    records: dict[str, Any] = {"K1": {}}
    with pytest.raises(ValueError, match="K1 is in use by G1"):
        launcher._delete(records, lambda _: ["G1"], "K1", {})  # noqa: SLF001
    launcher._delete(records, lambda _: [], "K1", {})  # noqa: SLF001
    assert records == {}


class CloudWatch:
    """Stands for the emulator's: it keeps composite alarms, and refuses one of nothing."""

    def __init__(self) -> None:
        self._composite_alarms: dict[str, dict[str, str]] = {}

    def _put_composite_alarm(
        self, _params: dict[str, str], given: dict[str, str], *, is_cbor: bool, is_json: bool
    ) -> tuple[int, dict[str, str], bytes]:
        assert (is_cbor, is_json) == (False, True)
        if not given["AlarmRule"]:
            return 400, {}, b"no rule"
        self._composite_alarms[given["AlarmName"]] = {"AlarmArn": f"arn:{given['AlarmName']}"}
        return 200, {}, b"{}"


def test_a_composite_alarm_is_put_as_the_api_does_and_refused_with_its_words() -> None:
    emulated = CloudWatch()
    made = launcher._put_composite(emulated, {"AlarmName": "burn", "AlarmRule": "ALARM(a)"})  # noqa: SLF001
    assert made == ("burn", {"Arn": "arn:burn"})
    with pytest.raises(ValueError, match="no rule"):
        launcher._put_composite(emulated, {"AlarmName": "burn", "AlarmRule": ""})  # noqa: SLF001
