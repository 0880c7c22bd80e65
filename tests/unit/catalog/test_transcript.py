"""Sentences of captions, and captions of sentences."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.adapters.caption_file import read_captions
from services.catalog.app.ports import UnreadableCaptions
from services.catalog.domain.captions import check_captions
from services.catalog.domain.transcript import (
    MAX_CUE_WIDTH,
    MAX_SENTENCE,
    Cue,
    Sentence,
    Stretch,
    Transcript,
    cues_of,
    tidy,
    transcript_of,
    transcript_of_cues,
    write_captions,
)

SUBRIP = (
    "1\n00:00:00,500 --> 00:00:03,500\n<i>各位好</i>{\\an8}。今天讲\n\n"
    "2\n00:00:03,500 --> 00:00:05,500\n久期。R&D 不讲\n\n00:00:06.000 --> 00:00:07.000\n也不讲。\n"
)
CHARACTERS = st.one_of(
    st.sampled_from("债券久期，。！？ abcXYZ.,<>&-1239NOTE“”"), st.characters(exclude_categories=["Cs"])
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=400).map(tidy).filter(bool)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    at, sentences = draw(st.integers(0, 4_000_000)), []
    for text in draw(st.lists(TEXTS, min_size=1, max_size=6)):
        start = at + draw(st.integers(0, 5_000))
        at = start + draw(st.integers(1, 30_000))
        sentences.append(Sentence(start, at, text))
    return Transcript("zh", tuple(sentences))


def read(text: str | bytes) -> Transcript:
    content = text.encode() if isinstance(text, str) else text
    return transcript_of_cues("zh", read_captions(content).cues)


def texts(transcript: Transcript) -> list[str]:
    return [sentence.text for sentence in transcript.sentences]


@given(transcripts())
def test_captions_of_a_transcript_are_valid_and_give_it_back(transcript: Transcript) -> None:
    captions = write_captions(transcript)
    assert check_captions(captions.encode(), transcript.end_ms) == []
    again = read(captions)
    assert again.sentences == transcript.sentences
    assert write_captions(again) == captions


@given(transcripts(), st.data())
def test_an_edited_sentence_keeps_its_time_and_the_others(transcript: Transcript, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(transcript.sentences)))
    edited = transcript.edit({number: "另一句话。"})
    before, after = transcript.sentences, edited.sentences
    assert [(s.start_ms, s.end_ms) for s in before] == [(s.start_ms, s.end_ms) for s in after]
    assert [s for s in before if s != before[number - 1]] == [s for s in after if s != after[number - 1]]


@given(st.lists(st.builds(Sentence, st.integers(0, 9_000), st.integers(0, 9_000), st.text(max_size=20)), max_size=12))
def test_whatever_a_recognizer_heard_is_put_in_order(heard: list[Sentence]) -> None:
    transcript = transcript_of("zh", heard)
    assert sorted(texts(transcript)) == sorted(tidy(s.text) for s in heard if tidy(s.text))


@given(st.lists(st.builds(Cue, st.integers(0, 90_000), st.integers(0, 90_000), st.text(CHARACTERS, max_size=60))))
def test_any_cues_make_a_transcript_that_loses_no_letter(cues: list[Cue]) -> None:
    said = "".join(texts(transcript_of_cues("zh", cues))).replace(" ", "")
    spoken = "".join(sorted("".join(tidy(cue.text) for cue in cues).replace(" ", "")))
    assert set(said) == set(spoken)


def test_a_cue_fits_the_screen_and_is_cut_at_a_comma() -> None:
    long = Transcript(
        "zh", (Sentence(0, 60_000, "资产负债表上的每一行都写清归属人、可用日期和对应目标，" * 4 + "不用估计值。"),)
    )
    cues = list(cues_of(long))
    assert all(len(cue.text) * 2 <= MAX_CUE_WIDTH for cue in cues)
    assert {cue.text[-1] for cue in cues} <= set("，、。")


@pytest.mark.parametrize("text", ["久" * 20_000, "no stop at all " * 2_000, "x" * 20_000, "3.14. " * 4_000])
def test_a_cue_of_any_length_is_cut_in_time(text: str) -> None:
    begun = time.process_time()
    transcript = transcript_of_cues("zh", [Cue(0, 10_000_000, text)])
    again = read(write_captions(transcript))
    assert time.process_time() - begun < 5
    assert again.sentences == transcript.sentences
    assert max(map(len, texts(transcript))) < 2 * MAX_SENTENCE
    assert "".join(texts(transcript)).replace(" ", "") == text.replace(" ", "")


def test_a_long_sentence_is_shown_in_time() -> None:
    begun = time.process_time()
    assert len(list(cues_of(Transcript("zh", (Sentence(0, 10_000_000, "久" * 20_000),))))) == 500
    assert time.process_time() - begun < 5


def test_sentences_begin_within_a_cue_and_go_on_over_several() -> None:
    transcript = read(SUBRIP)
    assert texts(transcript) == ["各位好。", "今天讲久期。", "R&D 不讲也不讲。"]
    assert [s.start_ms for s in transcript.sentences] == [500, 2214, 4166]
    assert transcript.sentences[-1].end_ms == 7_000


def test_english_sentences_end_at_full_stops_and_not_at_abbreviations_or_decimals() -> None:
    captions = (
        "WEBVTT\n\n00:00.000 --> 00:04.000\nDr. Lee says bonds, e.g. long ones, fell 3.5 percent. That\n\n"
        "00:04.000 --> 00:06.000\nwas in 2022. Why? Rates rose.\n"
    )
    expected = [
        "Dr. Lee says bonds, e.g. long ones, fell 3.5 percent.", "That was in 2022.", "Why?", "Rates rose."
    ]  # fmt: skip
    assert texts(read(captions)) == expected


def test_captions_without_punctuation_are_a_sentence_each() -> None:
    captions = "WEBVTT\n\n" + "\n\n".join(f"00:{n:02d}.000 --> 00:{n + 1:02d}.000\n第{n}行没有标点" for n in range(9))
    assert texts(read(captions)) == [f"第{n}行没有标点" for n in range(9)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_of_common_programs(encoding: str) -> None:
    assert read(SUBRIP.encode(encoding)) == read(SUBRIP)


def test_traditional_characters_in_big5() -> None:
    captions = "1\n00:00:00,500 --> 00:00:03,500\n債券的價格與利率反方向變動，這是固定收益投資的基礎。\n"
    assert texts(read(captions.encode("big5"))) == ["債券的價格與利率反方向變動，這是固定收益投資的基礎。"]


def test_two_marks_and_line_ends_of_old_programs() -> None:
    assert read("\ufeff\ufeff" + SUBRIP.replace("\n", "\r\n")) == read(SUBRIP)
    assert read(SUBRIP.replace("\n", "\r")) == read(SUBRIP)


def test_who_speaks_is_not_said_and_another_one_begins_a_sentence() -> None:
    captions = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\n<v 甲>怎么看集中度\n\n"
        "00:02.000 --> 00:04.000\n<v 乙>合起来看。<c.loud>一定</c>要合。\n"
    )
    assert texts(read(captions)) == ["怎么看集中度", "合起来看。", "一定要合。"]


def test_cues_that_overlap_follow_one_another_and_lines_that_roll_are_taken_once() -> None:
    captions = (
        "WEBVTT\n\n00:00.000 --> 00:03.000\n先看现金流。\n\n00:02.000 --> 00:05.000\n先看现金流。\n再看收益率。\n\n"
        "00:04.500 --> 00:07.000\n最后看费用。\n"
    )
    transcript = read(captions)
    assert texts(transcript) == ["先看现金流。", "再看收益率。", "最后看费用。"]
    assert [s.end_ms for s in transcript.sentences] == [2_000, 4_500, 7_000]


def test_what_could_not_be_read_is_told_by_its_line() -> None:
    cue = "00:00.000 --> 00:02.000\n第一句。\n\n"
    captions = f"WEBVTT\n\nNOTE 说明\n两行\n\n{cue}没有时间的一句。\n\n00:03 --> x\n时间不对。\n"
    faults = read_captions(captions.encode()).faults
    assert [(fault.line, fault.message_en[:10]) for fault in faults] == [(9, "text witho"), (11, "times that")]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "没有时间".encode(), b"WEBVTT\n", b"x" * 1_100_000])
def test_no_captions_at_all(content: bytes) -> None:
    with pytest.raises(UnreadableCaptions):
        read_captions(content)


def test_a_transcript_is_searched_by_terms_whatever_their_width_and_case() -> None:
    transcript = transcript_of("zh", [Sentence(0, 9, "先看ETF的久期。"), Sentence(9, 20, "再看费用。")])
    assert transcript.find("ｅｔｆ 久期") == [1]
    assert transcript.find("费用") == [2]
    assert transcript.find(" ") == []


def test_stretches_name_sentences_that_are_there() -> None:
    transcript = transcript_of("zh", [Sentence(0, 9, "一。"), Sentence(9, 20, "二。")])
    assert [s.text for s in transcript.within(Stretch(2, 2))] == ["二。"]
    assert [transcript.has(Stretch(*ends)) for ends in ((1, 2), (0, 1), (2, 1), (2, 3))] == [True, False, False, False]


@pytest.mark.parametrize(
    "sentences",
    [[(0, 0, "一")], [(-1, 5, "一")], [(0, 5, "")], [(0, 5, "一\n二")], [(0, 5, "一"), (4, 9, "二")]],
)
def test_a_transcript_holds_nothing_untidy(sentences: list[tuple[int, int, str]]) -> None:
    with pytest.raises(ValueError, match="sentence"):
        Transcript("zh", tuple(Sentence(*sentence) for sentence in sentences))


def test_there_is_no_sentence_of_another_number() -> None:
    with pytest.raises(IndexError):
        transcript_of("zh", [Sentence(0, 9, "一。")]).edit({2: "二。"})
