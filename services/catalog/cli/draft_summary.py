"""Drafts the summary of a lecture into its package: `python -m services.catalog.cli.draft_summary <package>`.

From the package's captions, captions in another file (SubRip or WebVTT), or a recording that is transcribed.
What is there already stays, unless `--replace` names it. Nothing of a draft is published before a person reviewed it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from services.catalog.adapters.caption_file import read_captions
from services.catalog.app.ports import (
    ModelRefuses,
    ModelUnavailable,
    SpeechFile,
    Transcriber,
    TranscriberRefuses,
    TranscriberUnavailable,
    UnreadableCaptions,
)
from services.catalog.cli.connection import complain, say
from services.catalog.cli.package import InvalidPackage
from services.catalog.cli.publish import describe
from services.catalog.cli.summary_package import SummaryPackage, is_filled, open_package
from services.catalog.domain.captions import check_times
from services.catalog.domain.course import BLOCKS, Block
from services.catalog.domain.draft import Draft, Lecture
from services.catalog.domain.grounding import Mark, check_draft
from services.catalog.domain.transcript import Transcript, transcript_of_cues, write_captions

SUMMARISERS = ("extractive", "openai", "bedrock")
TRANSCRIBERS = ("openai", "amazon")


class _Stop(Exception):
    """It cannot go on; the message says why, and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns its exit code: 0 drafted; 1 a service is out of reach; 2 the package is wrong."""
    options = _options(arguments)
    try:
        _draft(options)
    except InvalidPackage as invalid:
        complain(*describe(options.package, invalid.findings))
        return 2
    except _Stop as stop:
        complain(str(stop))
        return 2
    except (ModelRefuses, TranscriberRefuses) as refusal:
        complain(
            f"{refusal}。未作任何更改；请检查密钥、权限和模型名称。/ Nothing was changed; check the key and the model."
        )
        return 1
    except (ModelUnavailable, TranscriberUnavailable) as unavailable:
        complain(f"{unavailable}。未作任何更改，请稍后再试。/ Nothing was changed; try again later.")
        return 1
    return 0


def _draft(options: argparse.Namespace) -> None:
    package = open_package(options.package)
    transcript = _transcript(options, package)
    lecture = Lecture(
        package.title, transcript, package.duration_ms(transcript), _terms(options, package), package.instructors
    )
    say(f"{len(transcript.sentences)} 句 / sentences, {lecture.duration_ms // 60_000} min")
    wanted = [block for block in BLOCKS if not package.has(block) or block in options.replace]
    if not wanted:
        say("各部分都已有内容；如要重做，请用 --replace。/ Everything is there; --replace makes it anew.")
        return
    draft = _summarise(options, lecture)
    marks = check_draft(lecture, draft)
    blocks = [block for block in wanted if is_filled(draft, block)]
    if options.captions or options.recording:
        _write_captions(options, package, transcript)
    files = package.write(lecture, draft, marks, blocks)
    _tell(draft, marks, wanted, blocks, files)


def _transcript(options: argparse.Namespace, package: SummaryPackage) -> Transcript:
    if options.recording:
        if not options.recording.is_file():
            raise _Stop(f"{options.recording}: 没有这个文件 / there is no such file")
        recording = SpeechFile(options.recording, options.language, _terms(options, package))
        say("正在转写录音 / transcribing the recording …")
        return _transcriber(options).transcribe(recording)
    file: Path = options.captions or package.captions(options.language)
    try:
        read = read_captions(file.read_bytes())
    except OSError:
        message = "没有字幕：请用 --captions 或 --recording / no captions: name some with --captions, or a --recording"
        raise _Stop(f"{file}: {message}") from None
    except UnreadableCaptions as unreadable:
        raise _Stop(f"{file}:{unreadable.fault.line}: {unreadable.fault.message} / {unreadable}") from None
    for fault in (*read.faults, *check_times(read.cues, None)):
        complain(f"{file}:{fault.line}: {fault.message} / {fault.message_en}")
    return transcript_of_cues(options.language, read.cues)


def _transcriber(options: argparse.Namespace) -> Transcriber:
    # Each brings libraries that take a while to load.
    if options.transcriber == "amazon":
        from services.catalog.adapters.amazon_transcribe import AmazonTranscribe

        if not options.bucket:
            raise _Stop("Amazon Transcribe 需要 --bucket / needs a --bucket")
        return AmazonTranscribe(options.bucket, tell=say)
    from services.catalog.adapters.openai_endpoints import SpeechEndpoint, endpoint

    return SpeechEndpoint(endpoint(options.base_url), options.speech_model)


def _summarise(options: argparse.Namespace, lecture: Lecture) -> Draft:
    if options.summariser == "extractive":
        from services.catalog.adapters.extractive import extract_summary

        say("正在摘取 / choosing sentences …")
        return extract_summary(lecture)
    from services.catalog.app.summaries.write_summary import write_summary

    if not options.model:
        raise _Stop("请用 --model 指定模型 / name a model with --model")
    if options.summariser == "bedrock":
        from services.catalog.adapters.bedrock import BedrockModel

        return write_summary(BedrockModel(options.model), lecture, _progress)
    from services.catalog.adapters.openai_endpoints import ChatModel, endpoint

    return write_summary(ChatModel(endpoint(options.base_url), options.model), lecture, _progress)


def _progress(done: int, total: int) -> None:
    say(f"  模型 / model {done}/{total}")


def _terms(options: argparse.Namespace, package: SummaryPackage) -> tuple[str, ...]:
    own = options.terms.read_text("utf-8-sig").split("\n") if options.terms else []
    return tuple(dict.fromkeys([*(term.strip() for term in own if term.strip()), *package.terms()]))


def _write_captions(options: argparse.Namespace, package: SummaryPackage, transcript: Transcript) -> None:
    file = package.captions(options.language)
    if file.exists() and "captions" not in options.replace:
        say(f"{file} 保留不变 / is left as it is (--replace captions)")
        return
    file.parent.mkdir(exist_ok=True)
    file.write_text(write_captions(transcript), "utf-8")
    say(f"已写入 / written: {file}")


def _tell(
    draft: Draft, marks: Sequence[Mark], wanted: Sequence[Block], blocks: Sequence[Block], files: Sequence[str]
) -> None:
    for block in wanted:
        if block not in blocks:
            say(f"  {block}: 未生成，请自行编写 / not drafted; it is yours to write")
    for mark in marks:
        place = mark.block if mark.part is None else f"{mark.block} {mark.part + 1}"
        say(f"  ! {place}: {mark.message} / {mark.message_en}")
    for fault in draft.faults:
        say(f"  ! {fault.pointer or '/'}: 已略去 / left out: {fault.message} / {fault.message_en}")
    say(f"已写入草稿（{draft.made_by}）/ drafted: {', '.join(files)}")
    say("审核并改好后，用 review_summary 记下审核人，再发布。/ Review it, note who did with review_summary, publish.")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.catalog.cli.draft_summary", description=__doc__)
    parser.add_argument("package", type=Path, help="the course package: a folder with course.yaml")
    parser.add_argument("--language", default="zh", help="of the lecture: zh or en")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--captions", type=Path, help="a SubRip or WebVTT file in place of the package's captions")
    source.add_argument("--recording", type=Path, help="sound or picture to be transcribed")
    parser.add_argument("--transcriber", choices=TRANSCRIBERS, default="openai", help="for a recording")
    parser.add_argument("--speech-model", default="whisper-1", help="of an OpenAI-compatible endpoint")
    parser.add_argument("--bucket", help="in which Amazon Transcribe finds the recording")
    parser.add_argument("--summariser", choices=SUMMARISERS, default="extractive")
    parser.add_argument("--model", help="its name; for Bedrock, the model's id or inference profile")
    parser.add_argument(
        "--base-url", help="of the OpenAI-compatible endpoint (or OPENAI_BASE_URL; key: OPENAI_API_KEY)"
    )
    parser.add_argument("--terms", type=Path, help="more words of the field, one a line")
    parser.add_argument(
        "--replace", nargs="*", default=[], choices=[*get_args(Block), "captions"], help="what is made anew"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
