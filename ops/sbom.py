"""Bills of materials of what a stage deploys, in CycloneDX's form: `python -m ops.sbom --stage STAGE`.

They lie beside the stage's packages, one for each layer, of what is really in it, one for each function, of the layers
that it carries, and one for the client, of what its files are built from. A deployment writes them too.
"""

import json
import sys
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from infra import packaging
from infra.app import assembly
from infra.stages import Stage
from ops.aws import OpsError, asked_stage, stage_parser

LOCK = packaging.ROOT / "web" / "package-lock.json"
SUFFIX = ".cdx.json"
CLIENT = "client"
MADE = datetime.fromtimestamp(0, UTC)
"""A bill has to say when it was made. What it is about was made when its version says."""


def home(where: Stage) -> Path:
    """Where a stage's bills lie."""
    return assembly(where).with_name("sbom")


def write_bills(written: Path, target: packaging.Platform, folder: Path) -> Path:
    """Writes the bills of an assembly that was synthesized for `target` into `folder`; answers that."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"*{SUFFIX}"):
        old.unlink()
    for name, text in {**dict(_of_packages(written, target)), CLIENT: _of_client()}.items():
        (folder / f"{name}{SUFFIX}").write_text(text, encoding="utf-8")
    return folder


def _of_packages(written: Path, target: packaging.Platform) -> Iterator[tuple[str, str]]:
    """Names and bills of the functions in an assembly's templates, and of their layers."""
    libraries: dict[str, list[Component]] = {}
    for file in sorted(written.glob("*.template.json")):
        resources = json.loads(file.read_text(encoding="utf-8"))["Resources"]
        layers = {name: _layer(one) for name, one in resources.items() if one["Type"] == "AWS::Lambda::LayerVersion"}
        for layer in set(layers.values()) - set(libraries):
            libraries[layer] = list(_libraries(packaging.cached_layer(target, layer)))
            yield f"layer-{layer}", _bill(layer, packaging.layer_hash(layer), libraries[layer])
        for function in resources.values():
            # What stands in the template itself brings nothing along. CDK's own functions no stage has.
            if function["Type"] == "AWS::Lambda::Function" and "ZipFile" not in function["Properties"]["Code"]:
                properties = function["Properties"]
                _, service, _, kind, _ = properties["Handler"].split(".")
                carried = [library for layer in properties["Layers"] for library in libraries[layers[layer["Ref"]]]]
                name = f"{service}-{kind}"
                yield f"function-{name}", _bill(name, packaging.code_hash(service, kind), carried)


def _layer(resource: dict[str, Any]) -> str:
    """The name of a layer, from its description: the requirements that it is made of."""
    return Path(resource["Properties"]["Description"]).stem


def _libraries(layer: Path) -> Iterator[Component]:
    """What is installed in a layer."""
    found = distributions(path=[str(layer / "python")])
    for library in sorted(found, key=lambda one: one.metadata["Name"].lower()):
        name, version = library.metadata["Name"], library.version
        purl = PackageURL("pypi", None, name.lower().replace("_", "-"), version)
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=version,
            purl=purl,
            bom_ref=purl.to_string(),
            licenses=_licences(library.metadata["License-Expression"] or library.metadata["License"]),
        )


def _licences(said: str | None) -> list[License]:
    """What a package says of its licence. What it says in many lines is the licence itself."""
    return [LicenseFactory().make_from_string(said)] if said and "\n" not in said else []


def _bill(name: str, version: str, libraries: list[Component]) -> str:
    bom = Bom(components=libraries)
    bom.metadata.component = Component(type=ComponentType.APPLICATION, name=name, version=version, bom_ref=name)
    # The same bill for the same package, whoever writes it.
    bom.serial_number = uuid5(NAMESPACE_URL, f"xueshi/{name}/{version}")
    bom.metadata.timestamp = MADE
    bom.register_dependency(bom.metadata.component, libraries)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _of_client() -> str:
    """The client's bill, from its lock. npm's own leaves Vue out, since tools that only test need it too."""
    packages: dict[str, dict[str, Any]] = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    # What is not in node_modules is our own, and what is there as a link leads to that.
    installed = {place: one for place, one in packages.items() if "node_modules/" in place and "link" not in one}
    places = [place for place, locked in installed.items() if not locked.get("dev")]
    text = LOCK.read_bytes()
    return _bill(CLIENT, sha256(text).hexdigest(), [_package(place, packages[place]) for place in places])


def _package(place: str, locked: dict[str, Any]) -> Component:
    group, _, name = place.rpartition("node_modules/")[2].rpartition("/")
    purl = PackageURL("npm", group or None, name, locked["version"])
    method, _, value = locked["integrity"].partition("-")
    return Component(
        type=ComponentType.LIBRARY,
        group=group or None,
        name=name,
        version=locked["version"],
        purl=purl,
        bom_ref=purl.to_string(),
        hashes=[HashType(alg=HashAlgorithm(method.upper().replace("SHA", "SHA-")), content=b64decode(value).hex())],
        licenses=_licences(locked.get("license")),
    )


def main() -> int:
    """Answers the exit status."""
    try:
        where = asked_stage(stage_parser("ops.sbom", __doc__).parse_args())
        if not assembly(where).exists():
            raise OpsError(f"There are no packages of {where.name} yet: run `make synth STAGE={where.name}`.")
        folder = write_bills(assembly(where), packaging.AWS, home(where))
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(list(folder.iterdir()))} bills of materials in {folder.relative_to(packaging.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
