"""More hours than one administrator may enter alone: one proposes them, another one approves."""

from dataclasses import replace

from services.credits.app.awarding.grant_hours import entered, grantable_in, request_content
from services.credits.app.awarding.items import PROPOSALS, GrantProposal, proposal_key
from services.credits.app.awarding.problems import OWN_AWARD, OWN_PROPOSAL, PROPOSAL_NOT_FOUND
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account
from services.credits.app.ledger.items import entry_key, learner_pk
from services.credits.domain.grants import Grant
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Entry
from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Put, Store, commit_retrying, required


def propose_grant(ctx: LedgerContext, call: Call, wanted: Grant) -> GrantProposal:
    """Notes what another administrator is to approve; a retry with the same key returns the same proposal.

    Raises:
        Problem: OWN_AWARD, IDEMPOTENCY_KEY_REUSED; as `grantable_in`.
        Conflict: others kept writing.
    """
    if call.caller_id == wanted.learner_id:
        raise OWN_AWARD.problem()

    def plan() -> tuple[Change, GrantProposal]:
        account = Account(ctx, wanted.learner_id)
        grantable_in(ctx, account, wanted)
        proposal = GrantProposal(ctx.ids.new(), wanted, call.caller_id, ctx.clock.now())
        put = Put(proposal_key(wanted.learner_id, proposal.proposal_id), proposal)
        subject = f"{wanted.learner_id}/{proposal.proposal_id}"
        audit = ctx.audit.entry(call.caller, "propose_grant", subject, wanted.reason)
        return Change([put, audit, account.put_head()]), proposal

    request = call.request("propose_grant", **request_content(wanted))
    return answer_once(ctx.store, ctx.clock, request, GrantProposal, plan)


def approve_grant(ctx: LedgerContext, call: Call, learner_id: LearnerId, proposal_id: str) -> Entry:
    """Enters what another administrator has proposed, unless something stands against it now. Again changes nothing.

    Raises:
        Problem: OWN_AWARD, OWN_PROPOSAL, PROPOSAL_NOT_FOUND; as `grantable_in`.
        Conflict: others kept writing.
    """
    if call.caller_id == learner_id:
        raise OWN_AWARD.problem()

    def plan() -> tuple[Change, Entry]:
        account = Account(ctx, learner_id)
        stored = ctx.store.get(proposal_key(learner_id, proposal_id), GrantProposal)
        proposal = required(stored, PROPOSAL_NOT_FOUND.problem()).value
        if proposal.by == call.caller_id:
            raise OWN_PROPOSAL.problem()
        if proposal.entry_number is not None:
            known = ctx.store.get(entry_key(learner_id, proposal.entry_number), Entry)
            return Change(), required(known, LookupError(f"entry {proposal.entry_number} is missing")).value
        period = grantable_in(ctx, account, proposal.grant)
        writes, events, entry = entered(ctx, call, account, proposal.grant, period)
        done = required(stored, PROPOSAL_NOT_FOUND.problem()).put(replace(proposal, entry_number=entry.number))
        return Change([*writes, done], events), entry

    return commit_retrying(ctx.store, plan)


def read_proposals(store: Store, learner_id: LearnerId) -> list[GrantProposal]:
    """What waits for another administrator, oldest first."""
    found = [stored.value for stored in store.query(learner_pk(learner_id), PROPOSALS, GrantProposal)]
    waiting = [proposal for proposal in found if proposal.entry_number is None]
    return sorted(waiting, key=lambda proposal: proposal.at)
