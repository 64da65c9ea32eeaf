"""A suspect is named on the command line, and becomes one that can be asked."""

from collections.abc import Sequence

from excise.errors import BadSetting
from excise.lineage.replies import Message
from excise.lineage.suspects import Suspect, Terms
from excise.open_folder import member

_USUAL = Terms()


def open_suspect(named: str, terms: Terms = _USUAL) -> Suspect:
    """Return the suspect that ``SCHEME:WHERE`` names. Nothing is loaded or called yet.

    Raises:
        BadSetting: it is not of that form.
        UnknownMember: there is no such scheme.

    >>> open_suspect("file:answers.jsonl").name
    'file:answers.jsonl'
    """
    scheme, colon, where = named.partition(":")
    if not colon or not scheme or not where:
        raise BadSetting(
            f"{named!r} is no suspect; say SCHEME:WHERE, such as hf:./suspect-model, "
            "openai:http://localhost:8000/v1#model or file:answers.jsonl"
        )
    return member("excise.lineage.suspects", Suspect, scheme)(where, terms)  # type: ignore[type-abstract]


def rendered(messages: Sequence[Message]) -> str:
    r"""Return messages as the text that stands before a reply, for models that have no chat template.

    >>> rendered((Message("user", "Why is the sky blue?"),))
    'Why is the sky blue?\n\n'
    """
    return "".join(f"{message.content}\n\n" for message in messages)
