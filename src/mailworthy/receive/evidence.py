"""All that was learned of a message: the results of every check, side by side."""

import msgspec

from mailworthy.arc.result import ArcResult
from mailworthy.dkim.result import DkimResults
from mailworthy.dmarc.result import DmarcResult
from mailworthy.dnsbl.result import Listings
from mailworthy.helo.result import HeloResult
from mailworthy.iprev.engine import IprevResult
from mailworthy.message.author import Author
from mailworthy.mx.result import MxResult
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.form import Form
from mailworthy.receive.verifier import Verifier
from mailworthy.spf.result import SpfResult


class Evidence(msgspec.Struct, frozen=True):
    """The results that profiles judge by.

    `spf` is that of the MAIL FROM identity, which for the null reverse-path is postmaster at the
    HELO name (RFC 7208 §2.4), `spf_helo` that of the HELO identity. `dmarc` holds one result for
    each verifier of DKIM that some profile has, and `dmarc_rfc7489` what RFC 7489 would
    have said, where asked. `sender` and `author_mx` tell whether the domains of MAIL FROM and From
    can be answered; both are None where there is no such domain. `listings` is None where no
    blocklist was to be asked.
    """

    envelope: Envelope
    author: Author
    form: Form
    iprev: IprevResult
    helo: HeloResult
    spf: SpfResult
    spf_helo: SpfResult
    dkim: DkimResults
    arc: ArcResult
    dmarc: dict[Verifier, DmarcResult]
    dmarc_rfc7489: DmarcResult | None = None
    sender: MxResult | None = None
    author_mx: MxResult | None = None
    listings: Listings | None = None
