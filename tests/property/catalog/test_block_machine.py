"""A block that machines draft and people decide on, in any order: its label is there as long as its text needs one."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.catalog.domain.authorship import texts_of
from services.catalog.domain.course import Block
from services.catalog.domain.production_block import ProductionBlock, ProductionDraft

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
IDEOGRAPHS = [chr(0x4E00 + place) for place in range(600)]
OWN = ["张三借钱不还该怎么办呢", "Nobody has asked me yet"]


class Deciding(RuleBasedStateMachine):
    """What a text has of a draft is known by how it was put together."""

    @initialize()
    def begin(self) -> None:
        self.drafts: list[ProductionDraft] = []
        self.block = ProductionBlock("key_points")
        self.is_machines = False

    @rule(number=st.integers(0, 9), other=st.booleans())
    def draft(self, number: int, other: bool) -> None:
        """Another draft, for this block or for another one, taken where it may be."""
        text = "".join(IDEOGRAPHS[number * 60 : number * 60 + 25])
        value: Any = text if other else [{"question": text[:12], "answer": text[12:]}]
        block: Block = "abstract" if other else "key_points"
        draft = ProductionDraft(block, f"model-{number}", "题目", json.dumps(value, ensure_ascii=False))
        if other:
            self.drafts.append(draft)
        elif self.block.takes_drafts:
            self.drafts.append(draft)
            self.block = self.block.take(ProductionBlock("key_points", "draft", draft.value, draft.made_by))
            self.is_machines = True

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """Own words, or some of any draft among them, split and put elsewhere."""
        value = [{"question": OWN[0], "answer": OWN[1]}]
        taken = data.draw(st.lists(st.sampled_from(self.drafts), max_size=2)) if self.drafts else []
        for draft in taken:
            texts = list(texts_of(draft.document))
            text = data.draw(st.sampled_from(texts))
            value.append({"question": "？".join(text[:8]), "answer": f"{OWN[0]}{text[:9]}，{OWN[1]}。"})
        self.block = self.block.edit(data.draw(st.permutations(value)), self.drafts, "王编辑", NOW)
        self.is_machines = bool(taken)

    @rule(decision=st.sampled_from(["accept", "drop", "reopen", "hear anew"]))
    def decide(self, decision: str) -> None:
        """Whatever else a person does."""
        if decision == "accept" and self.block.state == "draft":
            self.block = self.block.accept("王编辑", NOW)
        elif decision == "drop":
            self.block = self.block.drop()
        elif decision == "reopen":
            self.block = self.block.reopen()
        elif decision == "hear anew":
            self.block = self.block.hear_anew()

    @invariant()
    def says_whose_it_is(self) -> None:
        """The label is there where anything is a machine's, and nowhere else."""
        assert self.block.is_drafted == self.is_machines
        assert (self.block.provenance is not None) == (self.is_machines and self.block.state == "accepted")
        assert not (self.block.state == "written" and self.is_machines)
        assert not (self.block.state in {"accepted", "draft"} and not self.is_machines)


TestDeciding = Deciding.TestCase
TestDeciding.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
