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


def particular(campaign: Campaign) -> str:
    """Return what sets a campaign apart from the others; where that is not known, its weightiest reason.

    "" where no reason speaks for the campaign.
    """
    if campaign.particular:
        return campaign.particular
    reason = max(
        (b for b in campaign.because if 0 < b.weight < math.inf), key=lambda b: b.weight, default=None
    )
    return reason.text if reason else ""
