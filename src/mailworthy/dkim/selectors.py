"""Selectors that many signers use: where to look for a key when nobody told us its name.

`default` comes first, since it is what OpenDKIM and most guides use; then the names of mail
server suites, then those of large services.
"""

COMMON = (
    "default",
    "dkim",
    "mail",
    "s1",
    "s2",
    "k1",
    "k2",
    "k3",
    "selector1",
    "selector2",
    "google",
    "email",
    "smtp",
    "mx",
    "key1",
    "key2",
    "rsa",
    "ed25519",
    "dkim1",
    "dkim2",
    "fm1",
    "fm2",
    "fm3",
    "protonmail",
    "protonmail2",
    "protonmail3",
    "sig1",
    "zoho",
    "mxvault",
    "postmark",
    "pm",
    "brevo1",
    "mailjet",
)
