"""The page of costs says what prices, policy and counts come to; `test_costs.py` holds the counts to the handlers."""

import pytest

from tests.bench.costs import BEGINS, ENDS, PAGE, said
from tests.bench.model import SIZES, STAGE, beat, breaks_at, first_to_break, limits


def test_the_page_has_what_the_model_says() -> None:
    _, _, rest = PAGE.read_text("utf-8").partition(BEGINS)
    assert rest.partition(ENDS)[0] == said(), "make costs writes it"


def test_a_million_hours_cost_what_is_aimed_at() -> None:
    itself, whole = beat().million_hours()
    assert itself <= 250
    assert whole <= 500


@pytest.mark.parametrize("learners", SIZES)
def test_the_quota_that_breaks_first_is_the_one_with_the_fewest_learners(learners: int) -> None:
    name, used = first_to_break(learners)
    assert breaks_at(name) == min(breaks_at(limit) for limit in limits() if limit != STAGE)
    assert (used >= 1) == (learners >= breaks_at(name))
