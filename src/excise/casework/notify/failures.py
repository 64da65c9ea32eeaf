"""Why a notice did not reach its channel."""


class NotSent(Exception):
    """A channel did not take a notice; it is tried again later."""
