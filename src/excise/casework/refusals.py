"""What casework refuses, and why: the messages are shown to the person who asked."""

from excise.errors import ExciseError


class NoSuchRecord(ExciseError):
    """No case, decision, programme or token goes by that name."""

    @classmethod
    def of(cls, what: str, name: str) -> "NoSuchRecord":
        """Say what is not there.

        >>> print(NoSuchRecord.of("case", "case-1"))
        there is no case 'case-1'; list those that there are
        """
        return cls(f"there is no {what} {name[:80]!r}; list those that there are")


class NotAsThingsStand(ExciseError):
    """A case or a decision is not, or no longer, in the state that this needs: look at it again."""


class HeldByAnother(NotAsThingsStand):
    """Somebody else is deciding the case. The hold ends by itself."""


class SecondPersonNeeded(NotAsThingsStand):
    """What is decided concerns so many accounts that a second person has to agree."""


class StateUnreachable(ExciseError):
    """The database with the state is busy, gone, or was written by a newer program."""


class SealBroken(ExciseError):
    """A sealed file was changed or cut, or the key given does not open it."""


class BackupDamaged(ExciseError):
    """A back-up is not what was written, or is none."""
