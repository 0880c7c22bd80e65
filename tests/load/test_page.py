"""The page of capacity is held to the model, and the load test to what it compares."""

import pytest

from tests.load.page import PAGE, Compared, scale


def test_the_page_says_what_the_model_says() -> None:
    assert scale() in PAGE.read_text("utf-8"), "run .venv/bin/python -m tests.load.page"


@pytest.mark.parametrize(("counted", "fits"), [(100, True), (114, True), (116, False), (86, True), (84, False)])
def test_a_count_that_is_far_from_the_model_does_not_fit(counted: float, fits: bool) -> None:
    assert Compared("write units", counted, 100, least=0.85, most=1.15).fits is fits
