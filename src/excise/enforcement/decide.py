"""An answer: what a gateway does with one request, from the table, the budgets and the time.

Of several effects that hold for a caller the severest is carried out. Its limits are a budget of the effect's
own subject, or of its actor, whose accounts then share it. What is only simulated is reported beside the
answer and changes nothing.
"""

from enum import StrEnum

from msgspec import Struct

from excise.casework.decision import Degradation, Effect, Kind, Limits
from excise.enforcement.budgets import Budgets
from excise.enforcement.caller import Caller
from excise.enforcement.table import DecisionTable

DOWN = "decisions_unavailable"
"""The reason code where nothing is known and the deployment fails closed."""


class Action(StrEnum):
    """What the gateway does now. A caller within the limits of a throttle is allowed."""

    ALLOW = "allow"
    THROTTLE = "throttle"
    CHALLENGE = "challenge"
    DEGRADE = "degrade"
    BLOCK = "block"


class Simulated(Struct, frozen=True, kw_only=True):
    """What would have been done, had the decision been carried out."""

    decision: str
    kind: Kind
    reason_code: str


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What to do with a request.

    Attributes:
        action: what to do.
        decision, reason_code, until_s: of the effect that holds, also where the caller is allowed within
            limits.
        subject: whom the effect is about; not for the caller.
        retry_after_s: of a throttle, when to try again.
        limits: requests and tokens a minute that hold.
        degradation: what a degraded caller does not get.
        simulated: what would have been done.
    """

    action: Action
    decision: str | None = None
    reason_code: str | None = None
    subject: str | None = None
    until_s: float | None = None
    retry_after_s: float | None = None
    limits: Limits | None = None
    degradation: Degradation | None = None
    simulated: tuple[Simulated, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the request must not go on."""
        return self.action not in _PASSING


_PASSING = (Action.ALLOW, Action.DEGRADE)
ALLOWED = Answer(action=Action.ALLOW)


def decide(caller: Caller, table: DecisionTable, budgets: Budgets, *, at_s: float) -> Answer:
    """Return what to do with a request, and take it from the budget that it counts against.

    >>> decide(Caller(account="acme"), DecisionTable(seed=7), Budgets(), at_s=0.0).action
    <Action.ALLOW: 'allow'>
    """
    held = table.held(
        accounts=caller.accounts, end_user=caller.end_user_subject, address=caller.address, at_s=at_s
    )
    if not held.live and not held.simulated:
        return ALLOWED
    simulated = tuple(
        Simulated(decision=one.decision, kind=one.kind, reason_code=one.reason_code) for one in held.simulated
    )
    effect = severest(held.live)
    if effect is None:
        return Answer(action=Action.ALLOW, simulated=simulated)
    action, retry_after_s = _ACTIONS[effect.kind], None
    if effect.limits is not None and action in _PASSING:
        taken = budgets.take(owner_of(effect), effect.limits, at_s=at_s)
        if not taken.admitted:
            action, retry_after_s = Action.THROTTLE, taken.retry_after_s
    return Answer(
        action=action,
        decision=effect.decision,
        reason_code=effect.reason_code,
        subject=effect.subject,
        until_s=effect.until_s,
        retry_after_s=retry_after_s,
        limits=effect.limits,
        degradation=(effect.degradation or Degradation()) if action is Action.DEGRADE else None,
        simulated=simulated,
    )


_ACTIONS = {
    Kind.OBSERVE: Action.ALLOW,
    # Who has a budget left is allowed.
    Kind.THROTTLE: Action.ALLOW,
    Kind.CHALLENGE: Action.CHALLENGE,
    Kind.DEGRADE: Action.DEGRADE,
    Kind.BLOCK: Action.BLOCK,
}


def severest(effects: tuple[Effect, ...]) -> Effect | None:
    """Return the severest effect; of equally severe ones that which lasts longest."""
    if len(effects) == 1:
        return effects[0]
    return max(effects, key=lambda one: (one.kind.severity, one.until_s, one.decision), default=None)


def owner_of(effect: Effect) -> str:
    """Return whose budget the limits of an effect are: the actor's where it has one."""
    return f"actor {effect.actor}" if effect.actor is not None else f"{effect.scope} {effect.subject}"
