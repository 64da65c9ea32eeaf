"""Everything that can go wrong and be said, in one tree.

    ExciseError                 the root: the command line prints it and leaves with code 2
    ├── Unreadable              one record of a log cannot be read; it is set aside and the rest goes on
    ├── UnknownFormat           no member of ``ingest/formats`` recognizes a file
    ├── TooManyRejects          more of a log was set aside than the caller allows
    ├── UnknownMember           an open folder has no member of that name
    ├── BadSetting              a settings file names a thing that is not there, or gives it a wrong value
    ├── BadTable                an account directory, a network list or a release list cannot be read
    ├── WrongSecret             a store was written under another deployment secret
    ├── StoreBusy               another process is writing to the store
    ├── StoreDamaged            a file of the store is not what was written
    ├── Unanswered              an engine ran out of memory or disk; see ``excise.store.engines``
    ├── NoSuchLog               a path that was named is not there; see ``excise.ingest.sources``
    ├── NotInstalled            an optional package is not there
    ├── NoSuchRecord            no case, decision or token goes by that name; see ``excise.casework.refusals``
    ├── NotAsThingsStand        a case or decision is not in the state that this needs; see there
    │   ├── HeldByAnother       somebody else is deciding the case
    │   └── SecondPersonNeeded  it concerns so many that another person has to agree
    ├── StateUnreachable        the database is busy, gone, or newer than this program; see there
    ├── SealBroken              a sealed file was changed, or this key does not open it; see there
    ├── BackupDamaged           a back-up is not what was written; see there
    ├── SnapshotDamaged         a saved table of decisions is not what was written; see ``excise.enforcement``
    ├── GatewaySilent           a gateway, or the service, does not answer; see ``excise.service.doctor``
    ├── NoReference             an appeal's reference is none of ours; see ``excise.enforcement.references``
    ├── ServiceDown             a gateway's service does not answer; see ``excise.enforcement.calling``
    ├── CutOff                  a message of the service ends too early; see ``excise.enforcement.wire``
    ├── NotReadable             a request for a model cannot be read; see ``excise.enforcement.traffic``
    ├── JournalFull             what arrives cannot be kept now; see ``excise.service.journal``
    ├── Busy                    more waits to be captured than may; see ``excise.service.capture.client``
    ├── Malformed               a captured body is not what it says; see ``excise.service.capture.bodies``
    ├── TooMuch                 a captured body holds more than is taken; see there
    ├── NotVouchedFor           a provider does not vouch for a visitor; see ``excise.console.company``
    ├── NothingToGrow           there is nothing to learn from; see ``excise.proving_ground.growing``
    ├── BrokenMember            a file in an open folder does not hold one member; see ``excise.open_folder``
    ├── TestRefused             what was given breaks what a test rests on; see ``excise.lineage.planning``
    ├── SuspectSilent           a model does not answer; see ``excise.lineage.suspects``
    ├── NoTimestamp             a time-stamping authority gave no stamp; see ``excise.lineage.timestamps``
    ├── OrderOver               an order is not in force (any more); see ``excise.countermeasures.orders``
    └── NotConforming           a member does not keep its contract; see ``excise.conformance``

Every message names the place, the thing and the way out.
"""

import difflib
from collections.abc import Iterable


class ExciseError(Exception):
    """The root of all errors that Excise raises on purpose."""


class Unreadable(ExciseError):
    """One record cannot be read; the message is the reason that ``rejected.jsonl`` shows."""


class UnknownFormat(ExciseError):
    """No member of ``ingest/formats`` recognizes a file."""


class TooManyRejects(ExciseError):
    """More of a log was set aside than the caller allows."""


class UnknownMember(ExciseError):
    """An open folder has no member of that name."""

    @classmethod
    def among(cls, name: str, folder: str, known: Iterable[str]) -> "UnknownMember":
        """Say which names there are, and which one was probably meant.

        >>> print(UnknownMember.among("litelm", "formats", ["kong", "litellm"]))
        formats has no member 'litelm'; did you mean 'litellm'? There are: kong, litellm
        """
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        return cls(f"{folder} has no member {name!r}{hint} There are: {', '.join(names)}")


class BadSetting(ExciseError):
    """A settings file names a thing that is not there, or gives it a wrong value."""


class BadTable(ExciseError):
    """An account directory, a network list or a release list cannot be read."""


class WrongSecret(ExciseError):
    """A store was written under another deployment secret."""


class StoreBusy(ExciseError):
    """Another process is writing to the store."""


class StoreDamaged(ExciseError):
    """A file of the store is not what was written."""


class NotInstalled(ExciseError):
    """A package that an optional part stands on is not there; the message names the extra that brings it."""
