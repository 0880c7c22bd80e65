"""Captions that an editor brings keep their times and lines, also where sentences of them are corrected."""

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.adapters.caption_file import read_captions
from services.catalog.app.ports import UnreadableCaptions
from services.catalog.domain.captions import check_captions, check_times, overlapping
from services.catalog.domain.line_correction import correct_lines, letters
from services.catalog.domain.media import MAX_CAPTION_BYTES
from services.catalog.domain.transcript import (
    Cue,
    Sentence,
    Transcript,
    cues_of,
    joined,
    tidy,
    transcript_of_cues,
    write_captions,
)
from services.kit.store.codec import decode, encode

CHARACTERS = st.sampled_from("债券久期利率，。！？ abcXYZ.,<>&-12\u3000“”")
LINES = st.text(CHARACTERS, min_size=1, max_size=25).map(str.strip).filter(bool)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=60).map(tidy).filter(bool)
TWO_ACROSS = (
    "WEBVTT\n\n00:01.000 --> 00:04.000 line:10%\n各位好。\n今天讲债券的\n\n"
    "00:04.000 --> 00:06.500\n久期，还有  凸性。再\n\n00:06.000 --> 00:09.000\n说免疫。\n"
)


@st.composite
def brought(draw: st.DrawFn) -> list[Cue]:
    """Captions in the order of time, some of which overlap; none begins with what the one before says."""
    at, cues = draw(st.integers(0, 9_000)), []
    for number, lines in enumerate(draw(st.lists(st.lists(LINES, min_size=1, max_size=3), min_size=1, max_size=6))):
        at += draw(st.integers(0, 3_000))
        text = "\n".join((f"{number}{lines[0]}", *lines[1:]))
        cues.append(Cue(at, at + draw(st.integers(1, 4_000)), text))
    return sorted(cues, key=lambda cue: (cue.start_ms, -cue.end_ms))


def as_shown(captions: str) -> list[tuple[int, int, str]]:
    """When and how each caption of a file is shown."""
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in read_captions(captions.encode()).cues]


def without_breaks(text: str) -> str:
    """The text without blanks beside characters whose script has none: there lines may break."""
    return re.sub(r" (?=[^\x00-\x7f])|(?<=[^\x00-\x7f]) ", "", text)


def texts(transcript: Transcript) -> list[str]:
    """Its sentences, wherever their lines break."""
    return [without_breaks(sentence.text) for sentence in transcript.sentences]


@given(brought())
def test_what_nobody_corrected_is_published_as_it_was_timed(cues: list[Cue]) -> None:
    transcript = transcript_of_cues("zh", cues)
    captions = write_captions(transcript)
    assert as_shown(captions) == [(cue.start_ms, cue.end_ms, cue.text) for cue in cues]
    assert check_captions(captions.encode(), max(cue.end_ms for cue in cues)) == []
    again = transcript_of_cues("zh", read_captions(captions.encode()).cues)
    assert again.sentences == transcript.sentences
    assert write_captions(again) == captions


@given(brought(), st.data())
def test_corrections_reach_the_captions_and_move_none(cues: list[Cue], data: st.DataObject) -> None:
    corrected = transcript_of_cues("zh", cues)
    for _ in range(3):
        before = list(cues_of(corrected))
        number = data.draw(st.integers(1, len(corrected.sentences)))
        corrected = corrected.edit({number: data.draw(TEXTS)})
        captions = write_captions(corrected)
        assert letters("".join(text for _, _, text in as_shown(captions))) == letters(corrected.text)
        whole = {(cue.start_ms, cue.end_ms) for cue in before}
        assert {(start, end) for start, end, _ in as_shown(captions)} <= whole
        untouched = [cue.text for cue in before if not set(sentences_of(cue)) & {number}]
        assert [text for text in untouched if text not in [shown for _, _, shown in as_shown(captions)]] == []
        again = transcript_of_cues("zh", read_captions(captions.encode()).cues)
        assert texts(again) == texts(corrected)


def sentences_of(cue: Cue) -> range:
    """The numbers of the sentences that a cue has something of, as its name says."""
    first = int(cue.name[1:].split("-")[0])
    return range(first, first + max(1, cue.name.count(",")))


def test_lines_places_and_blanks_stay_and_names_say_which_sentences_a_cue_has() -> None:
    transcript = transcript_of_cues("zh", read_captions(TWO_ACROSS.encode()).cues)
    assert [(s.start_ms, s.end_ms, s.text) for s in transcript.sentences] == [
        (1_000, 2_200, "各位好。"), (2_200, 5_800, "今天讲债券的久期，还有 凸性。"), (5_800, 9_000, "再说免疫。"),
    ]  # fmt: skip
    assert write_captions(transcript) == (
        "WEBVTT\n\ns1-1,4,10\n00:00:01.000 --> 00:00:04.000 line:10%\n各位好。\n今天讲债券的\n\n"
        "s2-2,8,9\n00:00:04.000 --> 00:00:06.500\n久期，还有  凸性。再\n\n"
        "s3-2\n00:00:06.000 --> 00:00:09.000\n说免疫。\n"
    )


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        (2, "今天讲债券的久期，还有突性。", ["各位好。\n今天讲债券的", "久期，还有突性。再", "说免疫。"]),
        (2, "今天我讲债券的久期，还有 凸性。", ["各位好。\n今天我讲债券的", "久期，还有  凸性。再", "说免疫。"]),
        (2, "今天讲债券的，久期，还有 凸性。", ["各位好。\n今天讲债券的，", "久期，还有  凸性。再", "说免疫。"]),
        (2, "久期，还有 凸性。", ["各位好。", "久期，还有  凸性。再", "说免疫。"]),
        (2, "今天讲债券的", ["各位好。\n今天讲债券的", "再", "说免疫。"]),
        (3, "再。", ["各位好。\n今天讲债券的", "久期，还有  凸性。再", "。"]),
        (1, "大家好。", ["大家好。\n今天讲债券的", "久期，还有  凸性。再", "说免疫。"]),
    ],
)
def test_a_correction_changes_its_line_alone(number: int, text: str, expected: list[str]) -> None:
    transcript = transcript_of_cues("zh", read_captions(TWO_ACROSS.encode()).cues)
    assert [cue.text for cue in cues_of(transcript.edit({number: text}))] == expected


def test_a_caption_of_which_nothing_is_left_goes() -> None:
    transcript = transcript_of_cues("zh", [Cue(0, 10, "先说"), Cue(20, 30, "嗯嗯"), Cue(40, 50, "久期。")])
    cues = cues_of(transcript.edit({1: "先说久期。"}))
    assert [(cue.start_ms, cue.end_ms, cue.text, cue.name) for cue in cues] == [
        (0, 10, "先说", "s1-1"), (40, 50, "久期。", "s1-2"),
    ]  # fmt: skip


@given(st.lists(LINES, min_size=1, max_size=4), st.integers(0, 9), TEXTS)
def test_lines_take_any_text_and_cut_no_word(lines: list[str], skipped: int, after: str) -> None:
    whole = letters("".join(lines))
    skipped = min(skipped, len(whole) - 1)
    corrected = correct_lines(lines, skipped, whole[skipped:], after)
    assert letters("".join(corrected)) == whole[:skipped] + letters(after)
    corrected = correct_lines([letters(line) for line in lines], 0, whole, after)
    assert without_breaks(joined(filter(None, corrected))) == without_breaks(after)


def test_captions_whose_text_was_changed_since_are_read_by_their_punctuation() -> None:
    captions = write_captions(transcript_of_cues("zh", read_captions(TWO_ACROSS.encode()).cues))
    changed = captions.replace("今天讲", "今天我讲")
    again = transcript_of_cues("zh", read_captions(changed.encode()).cues)
    assert [s.text for s in again.sentences] == ["各位好。", "今天我讲债券的久期，还有 凸性。", "再说免疫。"]


@pytest.mark.parametrize("name", ["s2-1", "s1-2", "s1-1,3,4", "s1-1,2,2,5", "s1-1,9", "x"])
def test_names_of_others_are_none_of_ours(name: str) -> None:
    transcript = transcript_of_cues("zh", [Cue(0, 10, "一。二三。", name=name)])
    assert [sentence.text for sentence in transcript.sentences] == ["一。", "二三。"]


def test_captions_that_roll_are_cut_anew() -> None:
    transcript = transcript_of_cues("zh", [Cue(0, 10, "先看"), Cue(10, 20, "先看\n现金流。")])
    assert (transcript.cues, [sentence.text for sentence in transcript.sentences]) == ((), ["先看现金流。"])


def test_a_transcript_has_no_cues_of_another() -> None:
    with pytest.raises(ValueError, match="cues"):
        Transcript("zh", (Sentence(0, 9, "一。"),), (Cue(0, 9, "二。"),))


def test_a_transcript_that_was_kept_before_captions_were_is_read() -> None:
    kept = '{"language":"zh","sentences":[{"start_ms":0,"end_ms":900,"text":"一。"}]}'
    transcript = decode(kept, Transcript)
    assert [cue.text for cue in cues_of(transcript.edit({1: "二。"}))] == ["二。"]
    brought_since = transcript_of_cues("zh", read_captions(TWO_ACROSS.encode()).cues)
    assert decode(encode(brought_since), Transcript) == brought_since


def test_many_corrections_of_a_long_lecture_are_made_in_time() -> None:
    cues = [Cue(at * 3_000, at * 3_000 + 3_000, f"第{at}条字幕讲久期\n还有凸性。") for at in range(9_600)]
    transcript = transcript_of_cues("zh", cues)
    begun = time.process_time()
    transcript.edit(dict.fromkeys(range(1, 1001, 5), "久" * 600))
    assert time.process_time() - begun < 2


@given(brought(), st.data())
def test_corrections_together_are_those_one_after_the_other(cues: list[Cue], data: st.DataObject) -> None:
    transcript = transcript_of_cues("zh", cues)
    numbers = st.integers(1, len(transcript.sentences))
    corrections = data.draw(st.dictionaries(numbers, TEXTS))
    one_by_one = transcript
    for number, text in corrections.items():
        one_by_one = one_by_one.edit({number: text})
    assert transcript.edit(corrections) == one_by_one


@pytest.mark.parametrize("digits", ["０１２３", "٠١٢٣", "0123"])
def test_times_in_digits_of_any_script_are_read(digits: str) -> None:
    times = "00:00:01.000 --> 00:00:02.300".translate(str.maketrans("0123", digits))
    [cue] = read_captions(f"WEBVTT\n\n{times}\n各位好。\n".encode()).cues
    assert (cue.start_ms, cue.end_ms, cue.text) == (1_000, 2_300, "各位好。")


@pytest.mark.parametrize("text", ["\u200b", "<i></i>", "&#8203;", ""])
def test_captions_that_say_nothing_are_none(text: str) -> None:
    with pytest.raises(UnreadableCaptions, match="no cues that can be read"):
        read_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode())


def test_a_file_that_only_opens_what_others_close_is_read_in_time() -> None:
    opening = "{\\" * (MAX_CAPTION_BYTES // 2 - 50)
    begun = time.process_time()
    [cue] = read_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{opening}\n".encode()).cues
    assert cue.text == opening
    assert time.process_time() - begun < 5


def test_times_that_are_none_are_told_by_their_lines() -> None:
    captions = (
        "1\n00:00:01,000 --> 00:00:03,000\n一\n\n2\n00:00:05,000 --> 00:00:04,000\n二\n\n"
        "3\n00:00:04,500 --> 00:00:08,000\n三\n\n4\n00:00:07,000 --> 00:00:08,000\n四\n"
    )
    cues = read_captions(captions.encode()).cues
    assert [(fault.line, fault.message_en) for fault in check_times(cues, 7_000)] == [
        (6, "a cue must end after it starts"), (10, "cues are not in the order of time"),
        (14, "the cue starts after the lecture's end"),
    ]  # fmt: skip
    assert overlapping(cues[2:]) == [14]
    as_webvtt = "WEBVTT\n\n" + captions.replace(",", ".")
    found = check_captions(as_webvtt.encode(), 7_000)
    assert [(fault.line - 2, fault.message_en) for fault in found] == [
        (fault.line, fault.message_en) for fault in check_times(cues, 7_000)
    ]


def test_line_numbers_are_those_of_the_file_whatever_stands_before() -> None:
    blank = "\n\n\n"
    for head in (blank, f"WEBVTT{blank}", f"{blank}1\n", "WEBVTT\nKind: captions\n\nNOTE 一\n\n"):
        file = f"{head}00:00:01.5 --> 0:02.25\n一\n\n没有时间\n"
        read = read_captions(file.encode())
        expected = file[: file.index("00:00:01.5")].count("\n") + 1
        assert [(cue.line, cue.start_ms, cue.end_ms) for cue in read.cues] == [(expected, 1_500, 2_250)]
        assert [fault.line for fault in read.faults] == [expected + 3]


def test_what_cannot_be_seen_is_left_out_and_marks_are_not_shown() -> None:
    captions = (
        "WEBVTT\n\n00:01.000 --> 00:02.000 align:start region:top\n<i>久\u200b期</i>\n \n<v 甲>R&amp;D &lt;b&gt;\n"
    )
    transcript = transcript_of_cues("zh", read_captions(captions.encode()).cues)
    assert write_captions(transcript) == (
        "WEBVTT\n\ns1-1\n00:00:01.000 --> 00:00:02.000 align:start\n久期\nR&amp;D &lt;b&gt;\n"
    )
    assert replace(transcript, cues=()).sentences == transcript.sentences
