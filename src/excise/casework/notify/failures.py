"""Why a notice did not reach its channel."""


class NotSent(Exception):  # noqa: N818 - named by what is wrong, and caught by who sends
    """A channel did not take a notice; it is tried again later."""
