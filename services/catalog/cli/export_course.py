"""Writes a published course as a package: `python -m services.catalog.cli.export_course <course> <folder>`.

Publishing the package changes nothing, until somebody changes the package.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from services.catalog.cli.catalog_client import CatalogClient, Refusal
from services.catalog.cli.connection import add_connection, attempt, complain, connect, say
from services.catalog.cli.package import (
    CAPTIONS_FOLDER,
    COURSE_FILE,
    COVER,
    HANDOUTS_FOLDER,
    MEDIA_FOLDER,
    PORTRAITS_FOLDER,
    InvalidPackage,
    load_package,
)
from services.catalog.cli.preview import preview
from services.catalog.cli.publish import describe
from services.catalog.cli.summary_package import BLOCK_FILES, write_block
from services.catalog.cli.yaml_writing import put_field
from services.catalog.domain.handouts import Handout
from services.catalog.domain.ids import ContentId
from services.catalog.domain.media import Caption
from services.catalog.domain.pictures import Picture, pictures_prefix


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns its exit code: 0 written; 1 refused; 2 the folder is not empty, or what is out is wrong."""
    options = _options(arguments)
    if options.folder.exists() and any(options.folder.iterdir()):
        complain(f"{options.folder}: 文件夹不是空的 / the folder is not empty")
        return 2
    try:
        return attempt(options, lambda: export_course(connect(options), options.course, options.folder))
    except InvalidPackage as invalid:
        complain(*describe(options.folder, invalid.findings))
        return 2


def export_course(client: CatalogClient, course_id: str, folder: Path) -> None:
    """Writes the package, and sees that publishing it would change nothing.

    Raises:
        Refusal: there is no such course.
        InvalidPackage: what is published would be refused today.
        httpx.HTTPError: it cannot be reached.
    """
    current = client.current(course_id)
    if current is None:
        raise Refusal({"detail": f"没有发布过 {course_id}", "detail_en": f"{course_id} was never published"})
    folder.mkdir(parents=True, exist_ok=True)
    _write_texts(folder, current["course"])
    places = _places(current)
    for number, (path, content) in enumerate(client.files(course_id), start=1):
        place = places.get(path) or (None if path.startswith(_NAMED) else f"{MEDIA_FOLDER}/{path}")
        if place:
            _put(folder, place, content)
        if number % _TOLD_EVERY == 0:
            say(f"  下载 / downloaded {number}")
    for entry in current["pictures"]:
        picture = Picture(**entry)
        prefix = pictures_prefix(ContentId(current["course"]["content_id"]))
        _put(folder, _picture_place(picture), client.public_file(f"/{prefix}{picture.file}"))
    left = preview(load_package(folder), current)
    for line in [f"已导出 / exported: {folder}", *(f"  {line}" for line in left)]:
        say(line)


_NAMED = ("captions/", "handouts/")
"""What lies in the bucket under its content's name; of other publications as well."""
_TOLD_EVERY = 100


def _write_texts(folder: Path, course: dict[str, Any]) -> None:
    for block, file in BLOCK_FILES.items():
        if block in course:
            _put(folder, file, write_block(block, course[block]).encode())
    text = ""
    for name, value in course.items():
        text = text if name in BLOCK_FILES else put_field(text, name, value)
    _put(folder, COURSE_FILE, text.encode())


def _places(current: dict[str, Any]) -> dict[str, str]:
    """Where in the package the files belong that the bucket has under their content's name."""
    captions = {Caption(**entry).path: f"{CAPTIONS_FOLDER}/{entry['language']}.vtt" for entry in current["captions"]}
    return captions | {Handout(**entry).path: f"{HANDOUTS_FOLDER}/{entry['name']}" for entry in current["handouts"]}


def _picture_place(picture: Picture) -> str:
    if picture.instructor is None:
        return f"{COVER}.{picture.ending}"
    return f"{PORTRAITS_FOLDER}/{picture.instructor}.{picture.ending}"


def _put(folder: Path, place: str, content: bytes) -> None:
    path = folder / place
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Refusal({"detail": f"{place} 不能用作文件名", "detail_en": f"{place} is no name for a file"})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.catalog.cli.export_course", description=__doc__)
    parser.add_argument("course", help="the course's id")
    parser.add_argument("folder", type=Path, help="where the package is written; it must be empty, or not there")
    add_connection(parser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
