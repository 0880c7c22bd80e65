"""Lets an editor take a lecture's files back out of the bucket, as they were published."""

from dataclasses import dataclass

from services.catalog.app.context import ProductionContext
from services.catalog.app.courses.read_courses import read_state
from services.catalog.domain.ids import CourseId
from services.kit.store import Page


@dataclass(frozen=True)
class StoredFile:
    """A file by its path in the lecture's folder, its size, and where it can be read for an hour."""

    path: str
    bytes: int
    url: str


def list_files(ctx: ProductionContext, course_id: CourseId, after: str, limit: int) -> Page[StoredFile]:
    """A page of the files in the folder of the current publication, in the order of paths. Raises COURSE_NOT_FOUND.

    There may be captions and handouts of other publications, whose media were the same.
    """
    folder = read_state(ctx, course_id).publication.media_prefix.removeprefix("/")
    sizes = ctx.bucket.sizes(folder)
    paths = [path for path in sorted(sizes) if path > after]
    files = [StoredFile(path, sizes[path], ctx.files.address(folder + path)) for path in paths[:limit]]
    return Page(files, paths[limit - 1] if len(paths) > limit else None)
