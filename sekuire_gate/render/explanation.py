"""`explain`, for people: each claim, what became of it, and what of the policy decided that."""

from collections.abc import Iterator, Sequence

from sekuire_gate.model.explanation import Explanation, How, Reason
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Subject
from sekuire_gate.render import wording
from sekuire_gate.render.escape import MAX_MESSAGE, inert_line, shortened, visible

_NOUNS = {
    Subject.TOOLS: "tool",
    Subject.CAPABILITIES: "capability",
    Subject.NETWORK: "host",
    Subject.FILESYSTEM: "path",
    Subject.RATES: "rate",
}
_CONTENT = "/content"  # where in a policy's document its rules stand
_HOW_WIDTH = max(len(how.value) for how in How)


def render(policy: Policy, explained: Sequence[tuple[str, Sequence[Explanation]]]) -> str:
    """Write what was explained.

    Args:
        policy: the one that was asked.
        explained: each definition's path, and what is explained of it.
    """
    return "".join(f"{inert_line(line)}\n" for line in _lines(policy, explained))


def _lines(policy: Policy, explained: Sequence[tuple[str, Sequence[Explanation]]]) -> Iterator[str]:
    for path, explanations in explained:
        yield _text(path)
        if not explanations:
            yield "  nothing is claimed"
        for one in explanations:
            yield from _explanation(path, one)
        yield ""
    yield f"Policy:  {_text(wording.identity(policy))}, hash {policy.proof.content_hash}"
    yield f"Trust:   {_text(wording.trust(policy))}"
    if policy.unknown:
        # What is claimed does not matter then: a check would be undetermined all the same.
        yield f"Unknown: the policy holds what no rule knows (policy.unknown_rule): {_text(', '.join(policy.unknown))}"


def _explanation(path: str, one: Explanation) -> Iterator[str]:
    at = one.at
    place = f"{at.line}:{at.column}" if at.path == path else str(at)
    what = f" '{_text(one.value)}'" if one.value and one.is_claim else ""
    whose = f" of agent '{_text(one.agent)}'" if one.agent is not None else ""
    origin = f" (inferred from {_text(one.origin)})" if one.origin else ""
    yield f"  {_text(place)}  {_NOUNS.get(one.subject, one.subject.value)}{what}{whose}{origin}: {one.status.value}"
    yield from (f"      {said.rule}: {_text(said.message)}" for said in one.said)
    if one.judged is not None and one.reasons:
        yield f"      its default '{_text(one.judged)}':"
    yield from (f"      {_reason(one, reason)}" for reason in one.reasons)


def _reason(one: Explanation, reason: Reason) -> str:
    if not reason.pointer:
        computed = f"  '{_text(reason.text)}'" if reason.text is not None else ""
        return f"{reason.how.value:{_HOW_WIDTH if computed else 0}}{computed}"
    entry = f"  '{_text(reason.text)}'" if reason.text is not None else ""
    is_other = reason.form is not None and reason.form not in {one.value, one.judged}
    form = f", as '{_text(reason.form or '')}'" if is_other else ""
    return f"{reason.how.value:{_HOW_WIDTH}}  {_text(_CONTENT + reason.pointer)}{entry}{form}"


def _text(text: str) -> str:
    return visible(shortened(text, MAX_MESSAGE))
