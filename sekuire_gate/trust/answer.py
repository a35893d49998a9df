"""What the service's answer means: which head promises a policy, and the words for every other (docs/protocol.md 1).

Pure. Nothing of a server's prose gets through: a status, a code of known form, and at most a host's name. What
repeats the API key, wholly or in part, is left out as well.
"""

import re
from dataclasses import dataclass

from sekuire_gate import canonical
from sekuire_gate.errors import PolicyAccessError, PolicyError, PolicyFetchError
from sekuire_gate.model.secret import Secret

MAX_POLICY_BYTES = 1_048_576  # 1 MiB

_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
_HOST = re.compile(r"https?://([A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_JSON_TYPE = re.compile(r"(?:application/json|[a-z0-9!#$&^_.-]+/[a-z0-9!#$&^_.+-]+\+json)")
_CHARSET = re.compile(r"charset=(\"?)utf-?8\1", re.IGNORECASE)
_GIVEAWAY = 8  # characters in a row that a text may not share with the key


@dataclass(frozen=True, slots=True, repr=False)
class Head:
    """An answer without its body; printing it shows nothing of it, as it may repeat the key."""

    status: int
    sent_key: Secret | None = None  # the key that went out with the request
    content_types: tuple[str, ...] = ()
    content_encodings: tuple[str, ...] = ()
    content_length: str = ""  # as announced; "": not at all
    location: str = ""  # of a redirect
    retry_after: tuple[str, ...] = ()  # when to come again, as it says


def check_head(head: Head) -> None:
    """See that a 200 promises a policy: JSON, in UTF-8, not compressed, at most 1 MiB.

    Raises:
        PolicyFetchError: `fetch.content_encoding`, `fetch.content_type` or `fetch.too_large`.
    """
    if any(value.strip().lower() not in {"", "identity"} for value in head.content_encodings):
        raise PolicyFetchError(
            "the service answers with a compressed body, expected it as it is.",
            kind="fetch.content_encoding",
            fix="Switch compression off for this path, in whatever stands between the gate and the service.",
        )
    if len(head.content_types) != 1 or not _is_json(head.content_types[0]):
        raise PolicyFetchError(
            "the service answers with something else than JSON in UTF-8, by its Content-Type.",
            kind="fetch.content_type",
            fix="Check that api-url leads to the Sekuire API itself, not to a web page or a login in front of it.",
        )
    # The digits are counted first: Python refuses to convert thousands of them.
    length = head.content_length.strip().lstrip("0")
    if length.isdecimal() and (len(length) > len(str(MAX_POLICY_BYTES)) or int(length) > MAX_POLICY_BYTES):
        raise too_large("the service's answer")


def too_large(subject: str) -> PolicyFetchError:
    """Return the error for a document over 1 MiB; the subject begins the sentence."""
    return PolicyFetchError(
        f"{subject} is larger than 1 MiB.",
        kind="fetch.too_large",
        fix="A policy is never that large: check where it comes from.",
    )


def refusal(head: Head, body: bytes) -> PolicyError:
    """Return the error for any answer but 200.

    Args:
        head: status and headers.
        body: as much of the body as was read; only codes of known form are taken from it.
    """
    code = _codes(body, ("error", "code"), head.sent_key)
    status = f"{head.status} ('{code}')" if code else str(head.status)
    match head.status:
        case 401:
            return _unauthorized(status, sent_key=head.sent_key is not None)
        case 402:
            return _plan_limit(status, _codes(body, ("required_plan",), head.sent_key))
        case 403:
            return PolicyAccessError(
                f"the service refuses the API key for this workspace: status {status}.",
                kind="fetch.forbidden",
                fix="Use a key that belongs to this workspace and may read its policy, or correct workspace-id.",
            )
        case code_number if 300 <= code_number < 400:  # noqa: PLR2004 - HTTP's own bounds
            return _redirect(status, head)
    return _other_refusal(head.status, status)


def _unauthorized(status: str, *, sent_key: bool) -> PolicyError:
    if sent_key:
        message = f"the service does not accept the API key: status {status}."
        fix = "Check that api-key is complete and was not revoked; create a new one in the dashboard if in doubt."
    else:
        message = f"the service asks for an API key and none was sent: status {status}."
        fix = "Give api-key; if it comes from a secret, check that this event and this repository can read the secret."
    return PolicyAccessError(message, kind="fetch.unauthorized", fix=fix)


def _plan_limit(status: str, plan: str) -> PolicyError:
    needs = f", it needs plan '{plan}'" if plan else ""
    return PolicyAccessError(
        f"the workspace's plan does not include this request{needs}: status {status}.",
        kind="fetch.plan_limit",
        fix="Change the plan, or pull the policy elsewhere, commit it and use policy-file.",
    )


def _redirect(status: str, head: Head) -> PolicyError:
    host = _HOST.fullmatch(head.location)
    to_host = f" to host '{host[1]}'" if host and not _gives_away(host[1], head.sent_key) else ""
    return PolicyFetchError(
        f"the service redirects{to_host}, which is never followed: status {status}.",
        kind="fetch.redirect",
        fix="Set api-url to the API's own address, after making sure that it is the right one: the key goes there.",
    )


def _other_refusal(number: int, status: str) -> PolicyError:
    match number:
        case 404:
            kind, what = "fetch.not_found", "finds no active policy, or no such workspace"
            fix = "Check workspace-id and api-url, and that a policy of this workspace is active."
        case 429:
            kind, what = "fetch.rate_limited", "answers that there were too many requests"
            fix = "Run again later; if it happens often, lower the number of jobs that fetch at the same time."
        case 408 | 425:
            kind, what = "fetch.server_error", "gives up on this request for now"
            fix = "Run again; if it stays, look at the service's status page."
        case _ if 500 <= number < 600:  # noqa: PLR2004 - HTTP's own bounds
            kind, what = "fetch.server_error", "fails"
            fix = "Run again later; if it stays, look at the service's status page."
        case _ if 200 <= number < 300 or 400 <= number < 500:  # noqa: PLR2004 - HTTP's own bounds
            kind, what = "fetch.rejected", "does not give the policy, expected status 200"
            fix = "Check api-url and workspace-id; a proxy or firewall in between may answer in the service's place."
        case _:
            kind, what = "fetch.protocol", "answers with a status that no answer may have"
            fix = "Check that api-url leads to the Sekuire API itself."
    return PolicyFetchError(f"the service {what}: status {status}.", kind=kind, fix=fix)


def _is_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    return _JSON_TYPE.fullmatch(media_type.lower()) is not None and all(
        _CHARSET.fullmatch(parameter) for parameter in parameters if parameter.lower().startswith("charset")
    )


def _codes(body: bytes, names: tuple[str, ...], key: Secret | None) -> str:
    """Return the first of these fields of an error body that is a code and does not repeat the key, else ""."""
    try:
        root = canonical.plain(canonical.read(canonical.decode(body)).root)
    except ValueError:
        return ""
    if not isinstance(root, dict):
        return ""
    for name in names:
        value = root.get(name)
        found = value.get("code") if isinstance(value, dict) else value
        if isinstance(found, str) and _CODE.fullmatch(found) and not _gives_away(found, key):
            return found
    return ""


def _gives_away(text: str, key: Secret | None) -> bool:
    """Whether a text shares a telling run of characters with the key, in any case."""
    if key is None:
        return False
    secret, text = key.reveal().lower(), text.lower()
    size = min(len(secret), _GIVEAWAY)
    return text in secret or any(secret[at : at + size] in text for at in range(len(secret) - size + 1))
