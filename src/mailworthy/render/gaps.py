"""Why something was not learned, in words for people."""

# What a gap means, and how to close it.
EXPLAINED = {
    "timeout": "no server answered in time",
    "servfail": "the servers failed (SERVFAIL)",
    "refused": "the server refuses to answer us; ask another one with --dns",
    "bogus": "DNSSEC validation failed",
    "loop": "the aliases run in a circle",
    "oversize": "the answer is too large to be honest",
    "deadline": "the time for this domain was used up; give more with --deadline",
    "outside": "not in the zone file; without --dns the live DNS is asked",
    "not_recorded": "not in the recording",
    "no_means": "needs a connection that this check does not open; --connect opens it",
    "unmentioned": "the zone file says nothing about",
    "no_intent": "no mailworthy.toml to compare with; mailworthy init writes one",
    "no_key": "not rehearsed: no private key here",
    "bad_name": "no DNS name can have this form",
    "busy": "the server has no time for us now (421); try later",
    "unreachable": "no connection: refused, or no way there",
    "garbled": "the conversation broke off",
    "tls": "no encryption could be agreed on",
}


def explained(why: str) -> str:
    """What a gap means and how to close it; a reason that is prose already stays as it is."""
    return EXPLAINED.get(why, why)
