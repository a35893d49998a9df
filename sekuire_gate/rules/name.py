"""The rule on names that could be read in more than one way."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.rules import capability, model, network, provider, tool
from sekuire_gate.rules.rule import Observation


def not_plain(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A name that the policy restricts is not plain ASCII text, so that a look-alike could pass for another name.

    Names of providers, models, tools and capabilities are compared exactly. `gpt-4o` with a non-breaking hyphen, a
    Cyrillic letter, a space or an invisible character is another name than the one a reader sees. Where the policy
    has a list on the subject, such a name is refused without asking the allow-lists; a deny-list is still asked.

    A host or URL is not plain where programs would find another host in it: with a user or a password, a backslash,
    letters beyond ASCII, an address like `127.1`, a scheme without its slashes (`http:134744072`), a port over 65535.

    For example:

        llm:
          model: "gpt-4o "      # a space at the end

    Write the name with ASCII letters, digits and `. _ : / @ + -`, beginning with a letter, a digit, `@` or `_`, at
    most 200 characters. Tools and capabilities may hold `*`.
    """
    yield from provider.lists(policy).not_plain(provider.providers(policy, manifest).named)
    yield from model.lists(policy).not_plain(model.models(manifest))
    yield from tool.lists(policy).not_plain(tool.tools(manifest))
    yield from capability.lists(policy).not_plain(capability.capabilities(manifest))
    yield from network.not_plain(policy, manifest)
