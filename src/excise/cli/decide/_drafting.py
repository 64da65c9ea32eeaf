"""What proposing and predicting have in common on the command line: whom, what, how long."""

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import click

from excise.casework.decision import Degradation, Draft, Kind, Limits, Mode, Scope, end_user_subject
from excise.casework.refusals import NotAsThingsStand
from excise.casework.state import State

Command = Callable[..., Any]

_OPTIONS = (
    click.argument("kind", type=click.Choice([str(one) for one in Kind])),
    click.option("--case", help="About the actor of a case; it follows the case's accounts."),
    click.option("--account", help="About one account."),
    click.option("--end-user", help="With --account: about this customer of it, and nobody else."),
    click.option("--address", help="About an address or a prefix."),
    click.option("--hours", type=click.FloatRange(0, min_open=True), default=72.0, show_default=True),
    click.option(
        "--mode",
        type=click.Choice([str(Mode.SHADOW), str(Mode.CANARY), str(Mode.LIVE)]),
        default=str(Mode.LIVE),
        show_default=True,
        help="Written down only, carried out on a share, or carried out.",
    ),
    click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=0.1, help="Of a canary."),
    click.option("--rpm", type=click.IntRange(0), help="Of a throttle: requests a minute."),
    click.option("--tpm", type=click.IntRange(0), help="Of a throttle: tokens a minute."),
    click.option("--reason-code", default="unusual_use", show_default=True, help="What the caller is told."),
)


class Drafting(NamedTuple):
    """The options that say what is to be decided about whom."""

    kind: str
    case: str | None
    account: str | None
    end_user: str | None
    address: str | None
    hours: float
    mode: str
    share: float
    rpm: int | None
    tpm: int | None
    reason_code: str


def drafting(command: Command) -> Command:
    """Add the options that make a draft."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


def draft_of(state: State, options: Drafting, *, reason: str, act: bool = False) -> Draft:
    """Return what is to be decided.

    Raises:
        UsageError: it is about nobody, or about several.
        NoSuchRecord, NotAsThingsStand: there is no such case, or it has no accounts.
    """
    named = {Scope.ACCOUNT: options.account, Scope.ADDRESS: options.address}
    if options.end_user is not None:
        if options.account is None:
            raise click.UsageError("--end-user is a customer of an account; name that with --account")
        named = {
            Scope.END_USER: end_user_subject(options.account, options.end_user),
            Scope.ADDRESS: options.address,
        }
    given = [(scope, subject) for scope, subject in named.items() if subject is not None]
    if options.case is not None and not given:
        found = state.cases.get(options.case)
        if not found.accounts:
            raise NotAsThingsStand(f"{found.id} holds no accounts; look at it again")
        given = [(Scope.ACTOR, found.actor or found.id)]
    if len(given) != 1:
        raise click.UsageError("say whom: --case, --account (and its --end-user) or --address, one of them")
    scope, subject = given[0]
    kind = Kind(options.kind)
    return Draft(
        kind=kind,
        scope=scope,
        subject=subject,
        reason=reason,
        reason_code=options.reason_code,
        hours=options.hours,
        mode=Mode(options.mode),
        share=options.share,
        act=act,
        case=options.case,
        limits=Limits(rpm=options.rpm, tpm=options.tpm) if kind is Kind.THROTTLE else None,
        degradation=Degradation() if kind is Kind.DEGRADE else None,
    )
