"""What is said of a campaign where there is room for a line."""

import math

from excise.detection.campaign import Campaign
from excise.report import quantities


def since(campaign: Campaign) -> str:
    """Say what is new about a campaign since the last scan; "" where nothing is.

    A campaign that the last scan did not have is NEW; one that grew says by how many accounts.
    """
    if campaign.new:
        return "NEW"
    return f"+{quantities.plural(len(campaign.joined), 'account')}" if campaign.joined else ""


def strongest(campaign: Campaign) -> str:
    """Return the sentence of the reason that weighs most; "" where no reason speaks for the campaign."""
    reason = max(
        (b for b in campaign.because if 0 < b.weight < math.inf), key=lambda b: b.weight, default=None
    )
    return reason.text if reason else ""
