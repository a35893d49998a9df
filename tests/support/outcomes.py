"""Outcomes made by hand: one of each kind that a renderer can be handed, and hostile texts to put in them."""

from dataclasses import replace

from sekuire_gate.model.manifest import Claim, Identity, Manifest
from sekuire_gate.model.outcome import Forced, Mode, Outcome
from sekuire_gate.model.policy import Entry, NameRules, Policy, PolicyLabel, PolicyProof, Source, Trust
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.report import (
    CHECKED_SUBJECTS,
    Check,
    Finding,
    JudgedDefinition,
    Level,
    Report,
    RuleInfo,
    Status,
    Subject,
)
from sekuire_gate.model.source import Location, SourceText

HOSTILE = (
    "::error::x",
    "  ::add-mask::x",
    "##[add-mask]x",
    "a ##[error]b",
    "#" * 5 + "[error]x",
    "%0A::error::x",
    "\n::error::x",
    "\r::error::x",
    "\x0b::error::x",
    "\u2028::error::x",
    "\x85##[error]x",
    "::stop-commands::pause",
    "a|b|c",
    "\\|x\\",
    "`code``more```fence```",
    "```\n# heading",
    "</details><img src=x>",
    "<!-- comment",
    "<script>alert(1)</script>",
    "&lt;b&gt; &#64;org",
    "[a](http://e)",
    "![a](http://e/i.png)",
    "[a]: http://e",
    "http://evil.example",
    "www.evil.example",
    "mail@evil.example",
    "@org/team",
    "@octocat",
    "#1",
    "org/repo#1",
    "GH-1",
    "GHSA-abcd-efgh-jklm",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    ":smile:",
    "$x$ and $`y`$",
    "**bold** _it_ ~~gone~~",
    "' @org/team 'x",
    "it's 'a' and ' b '",
    "\x1b[31mred\x1b[0m",
    "abc\u202etxt.exe",
    "zero\u200bwidth\ufeff",
    "\ud800 lone",
    "tag\U000e0041",
    "soft\xadhyphen no\xa0break",
    " edges ",
    "",
    " ",
    "日本語のモデル",
    "x" * 10_000,
)

_HASH = "3f" * 32
_TEXTS = {
    "agents/mail/sekuire.yml": SourceText(
        "agents/mail/sekuire.yml",
        "project:\n"
        "  name: mail\n"
        "identity:\n"
        "  model: gpt-4-32k\n"
        "  tools_path: ./tools.json\n"
        "llm:\n"
        "  provider: openai\n"
        "agents:\n"
        "  writer:\n"
        "    llm:\n"
        '      model: "${WRITER_MODEL}"',
    ),
    "agents/mail/tools.json": SourceText(
        "agents/mail/tools.json",
        '[\n\t{ "name": "read_mail" },\n\t{ "name": "shell_exec", "description": "runs 命令" }\n]',
    ),
}

POLICY = Policy(  # the only place in the tests that makes one by hand: renderers do not ask how it was verified
    proof=PolicyProof("policy_mail", "12", _HASH, "sha256:" + "ab" * 32, Trust.PINNED, Source.FETCHED),
    label=PolicyLabel("ws_acme", "active", "key_1", "2026-01-01T00:00:00Z"),
    providers=NameRules(allowed=((Entry("openai", "/agent/models/allowed_providers/0"),),)),
    models=NameRules(
        allowed=((Entry("gpt-4o*", "/agent/models/allowed_models/0"),),),
        blocked=(Entry("gpt-4-32k", "/agent/models/denied_models/0"),),
    ),
    tools=NameRules(blocked=(Entry("shell_*", "/agent/capabilities/denied_tools/0"),)),
)

TOOL_BLOCKED = RuleInfo("tool.blocked", Level.ERROR, Subject.TOOLS, "A tool is on the deny-list.", "Help.")
MODEL_BLOCKED = RuleInfo("model.blocked", Level.ERROR, Subject.MODEL, "A model is on the deny-list.", "Help.")
MODEL_UNDETERMINED = RuleInfo(
    "model.undetermined", Level.ERROR, Subject.MODEL, "A model is not known here.", "Help.", undetermined=True
)
UNKNOWN_RULE = RuleInfo(
    "policy.unknown_rule", Level.ERROR, Subject.POLICY, "The policy has a rule we do not know.", "Help.", True
)
FRAMEWORK = RuleInfo("compliance.framework", Level.WARNING, Subject.COMPLIANCE, "A framework is missing.", "Help.")
UNRESTRICTED = RuleInfo("policy.unrestricted", Level.NOTICE, Subject.POLICY, "Nothing binds a subject.", "Help.")


def place(path: str, line: int, column: int, end_column: int, pointer: str = "") -> Location:
    """Make a place on one line; its source text is there where the path is one of the two known files."""
    return Location(path, line, column, line, end_column, pointer, _TEXTS.get(path))


BLOCKED_MODEL = Finding(
    MODEL_BLOCKED,
    "model 'gpt-4-32k' is blocked by 'gpt-4-32k' (denied_models).",
    "Use one of 'gpt-4o*'.",
    "gpt-4-32k",
    None,
    place("agents/mail/sekuire.yml", 4, 10, 19, "/identity/model"),
    "0" * 32,
)
UNDETERMINED_MODEL = Finding(
    MODEL_UNDETERMINED,
    "model '${WRITER_MODEL}' is known at run time only.",
    "Write the model's name.",
    "${WRITER_MODEL}",
    "writer",
    place("agents/mail/sekuire.yml", 11, 14, 31, "/agents/writer/llm/model"),
    "1" * 32,
)
BLOCKED_TOOL = Finding(
    TOOL_BLOCKED,
    "tool 'shell_exec' is blocked by 'shell_*' (denied_tools).",
    "Remove it.",
    "shell_exec",
    None,
    place("agents/mail/tools.json", 3, 12, 24, "/1/name"),
    "2" * 32,
)
MISSING_FRAMEWORK = Finding(
    FRAMEWORK,
    "framework 'SOC2' is not declared.",
    "Declare it under agent.compliance.framework.",
    "SOC2",
    None,
    place("agents/mail/sekuire.yml", 1, 1, 1),
    "3" * 32,
)
NOTHING_BINDS = Finding(
    UNRESTRICTED,
    "no allow-list binds tools, capabilities, network, filesystem.",
    "Add allow-lists to the policy.",
    "tools, capabilities, network, filesystem",
    None,
    None,
    "4" * 32,
)
UNKNOWN_KEY = Finding(
    UNKNOWN_RULE,
    "the policy's key 'agent.alowed_models' is not known, so nothing can be said of it.",
    "Correct its spelling in the policy.",
    "agent.alowed_models",
    None,
    None,
    "5" * 32,
)


def judged(path: str = "agents/mail/sekuire.yml", *rows: Check) -> JudgedDefinition:
    """Make a definition with its table of checks; without rows, one that claims nothing."""
    return JudgedDefinition(
        Manifest(path, _HASH, SourceText(path, ""), computed=Identity(reasons=("no prompt",))),
        rows or tuple(Check(subject, None, Status.NONE, ()) for subject in CHECKED_SUBJECTS),
    )


MAIL = replace(
    judged(
        "agents/mail/sekuire.yml",
        Check(Subject.PROVIDER, None, Status.PASS, ("openai",)),
        Check(Subject.MODEL, None, Status.VIOLATION, ("gpt-4-32k",)),
        Check(Subject.TOOLS, None, Status.VIOLATION, ("read_mail", "shell_exec")),
        Check(Subject.CAPABILITIES, None, Status.NONE, ()),
        Check(Subject.COMPLIANCE, None, Status.WARNING, ()),
        Check(Subject.MODEL, "writer", Status.UNDETERMINED, ("${WRITER_MODEL}",)),
    ),
    manifest=Manifest(
        "agents/mail/sekuire.yml",
        _HASH,
        _TEXTS["agents/mail/sekuire.yml"],
        agents=("writer",),
        sekuire_id=Claim("6" * 64, place("agents/mail/sekuire.yml", 2, 9, 13)),
        computed=Identity("gpt-4-32k", "7" * 64, "8" * 64, "9" * 64),
    ),
)
NOTES = judged(
    "agents/notes/sekuire.json",
    Check(Subject.PROVIDER, None, Status.PASS, ("openai",)),
    Check(Subject.MODEL, None, Status.PASS, ("gpt-4o", "gpt-4o-mini")),
    Check(Subject.TOOLS, None, Status.UNRESTRICTED, ("files:*",)),
    Check(Subject.CAPABILITIES, None, Status.UNRESTRICTED, ("summarise",)),
    Check(Subject.COMPLIANCE, None, Status.NONE, ()),
)

PASSING = Outcome(Report(POLICY, (NOTES,), (NOTHING_BINDS,)))
VIOLATING = Outcome(
    Report(
        POLICY,
        (MAIL, NOTES),
        (MISSING_FRAMEWORK, BLOCKED_MODEL, UNDETERMINED_MODEL, BLOCKED_TOOL, UNKNOWN_KEY, NOTHING_BINDS),
        excluded=1,
    )
)
UNDETERMINED = Outcome(Report(POLICY, (MAIL,), (UNDETERMINED_MODEL,)))
FORCED = replace(VIOLATING, force=Forced("incident 4711, agreed with security", "octocat"))
WARNED = replace(VIOLATING, mode=Mode.WARN)
OBSERVED = replace(VIOLATING, mode=Mode.OBSERVE)


def trusted_as(trust: Trust, fingerprint: str | None) -> Outcome:
    """A passing run by a policy that is trusted in another way."""
    policy = replace(POLICY, proof=replace(POLICY.proof, trust=trust, key_fingerprint=fingerprint))
    return Outcome(Report(policy, (NOTES,), ()))


EMBEDDED = trusted_as(Trust.EMBEDDED, "sha256:" + "cd" * 32)
UNSIGNED = trusted_as(Trust.UNSIGNED, None)

UNREADABLE = Problem(
    "definition.duplicate_key",
    "key 'model' twice.",
    "Keep one.",
    ExitCode.DEFINITION,
    place("agents/mail/sekuire.yml", 4, 3, 8),
)
BAD_SETTING = Outcome(
    problems=(
        Problem("config.usage", "mode is 'x', expected enforce, warn or observe.", "Choose one.", ExitCode.SETTINGS),
    )
)
NOT_AUTHENTIC = Outcome(
    problems=(Problem("policy.hash_mismatch", "the hash differs.", "Publish the policy again.", ExitCode.TRUST),)
)
UNAVAILABLE = Outcome(
    problems=(Problem("fetch.timeout", "no answer within 30 s.", "Try again later.", ExitCode.UNAVAILABLE),)
)
PARTLY_READ = replace(VIOLATING, problems=(UNREADABLE,))
NONE_FOUND = Outcome(
    problems=(Problem("definition.none", "no definition below the root.", "Add one.", ExitCode.DEFINITION),),
    verified=POLICY,
)
BUG = Outcome(problems=(Problem("internal.error", "this is a bug.", "Report it.", ExitCode.INTERNAL),))

ALL = {
    "passing": PASSING,
    "violating": VIOLATING,
    "undetermined": UNDETERMINED,
    "forced": FORCED,
    "warned": WARNED,
    "observed": OBSERVED,
    "embedded": EMBEDDED,
    "unsigned": UNSIGNED,
    "bad setting": BAD_SETTING,
    "not authentic": NOT_AUTHENTIC,
    "unavailable": UNAVAILABLE,
    "partly read": PARTLY_READ,
    "none found": NONE_FOUND,
    "bug": BUG,
}


def with_text(text: str) -> Outcome:
    """An outcome in which every place that foreign text can reach holds this one: a path needs something in it."""
    path = text or "x"
    source = SourceText(path, f"{text}\n{text}{text}")
    at = Location(path, 1, 1, 1, max(len(text), 1), text, source)
    finding = Finding(
        TOOL_BLOCKED, f"tool '{text}' is blocked by '{text}'.", f"Remove {text}", text, text, at, "0" * 32
    )
    definition = JudgedDefinition(
        Manifest(path, _HASH, source, sekuire_id=Claim(text, at)),
        (Check(Subject.TOOLS, None, Status.VIOLATION, (text, text)), Check(Subject.TOOLS, text, Status.PASS, (text,))),
    )
    report = Report(POLICY, (definition,), (finding, replace(finding, message=text, at=None)))
    return Outcome(
        report,
        (Problem("definition.syntax", f"{text} {text}", text, ExitCode.DEFINITION, at),),
    )


def forced_with(text: str) -> Outcome:
    """A forced run whose actor and reason are this text."""
    return replace(with_text(text), problems=(), force=Forced(text, text))


def with_findings(number: int, *templates: Finding) -> Outcome:
    """An outcome with so many findings, each at a line of its own, of the templates in turn."""
    findings = tuple(
        replace(template, at=place("sekuire.yml", index + 1, 1, 5), value=f"value-{index}")
        for index in range(number)
        for template in [templates[index % len(templates)]]
    )
    return Outcome(Report(POLICY, (MAIL,), findings))
