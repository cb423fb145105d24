"""An RSA key has more than 4096 bits.

## What it checks
The RSA key of each selector has 4096 bits at most.

## Why it matters
Receivers need not check longer keys, and some do not: those signatures count as failed.
The record also becomes too long for an answer over UDP.

## How to fix
Use a key of 2048 bits; it is what everybody checks.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dkim._shared import broken, change, line, new_key, usable
from mailworthy.dkim.record import DkimKey

_RSA_5120 = (
    "MIICojANBgkqhkiG9w0BAQEFAAOCAo8AMIICigKCAoEA1+9cuooaGsKHx/GndoWIMQijTjRjQcWL0Zag63yU3iIm"
    "Kz49qWrjYlikfrVf/SVs6auoyqjLUwh9A5XBm7b2GmiE4jeTuWMadPoZSU8CmXR1nyEuWyFQxcVtiqHTgSSZohyk"
    "vvjnfGV/2woxk68TwvSjsG4MdKVn6K+BNc1coavyPlMDs7ygANJ6nFk2eY98rx2pAeO/fFz+NRryAHeFY3S0Ucre"
    "S/h1s1L6hn7CcUgbmWt/j9k2TLpRJXxEppWswomGIfz3bRPMg0WKivCG8+MCb3REJFGkRidfioEd0evCqVGIUMg1"
    "1E6UT5tYL4KlT4sxHoQ51Z9iWGqORXUXlcKqPBxE8rME7qMEia21nuIPh0qhC7+HgW/bhZy/YRh9LM+jFpkl+Z2l"
    "1zgG6LcvZDkVV0NYDuw4iMk16E3JiyJqOqf5a2LJuTh03Pq1FG28gD0xm8v+HQfog1USnULZSZHe/ewboUzwnHSx"
    "PbTmnNfJO1ovO2o65Zckv/p9gi9q4g4ESpgTtaepFBRiiOyz/kYZiC8P38/WHj/LdV7e3RCgrDAP7XQ9cDh+ACQn"
    "q1VQTKaWoEaSDnevfgci+S4k6qgErA7wMlsbBjL16v79Rt0gza6LrIVSW/Pzi+zOulcZqJumFHFgJQ3dMflZ3Q1I"
    "YOoa9F/QGBWzZ4vjHNl9Ddp72FK6aTkAAqRAOhoO1BMTu3FQaA+vqVJQupwrSko5nHRPqOs4S+p5KN+uNJ9IPMmX"
    "FtX+0mNss2svA8Xx3dbz7T+vfrvC1xMWMH90N/bgQvUgmAnYov2gUTfJTmWlcMFGxE4J0E7+bi9idChKXHve8srx"
    "4N49tEOLk2OTU97gPwIDAQAB"
)


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 8301 §3.2", "RFC 6376 §3.3.3"),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"v=DKIM1; k=rsa; p={_RSA_5120}"),),
        blanks={"public-key": RSA},
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged, huge = usable(each, key), broken(each, key, "key-too-large")
    if huge is not None:
        message = f"holds a key that is far too long: {huge[1].message}"
        yield change(each, key, message, huge[0].text, new_key(huge[0].text))
    elif judged is not None and judged[1].k == "rsa" and judged[1].bits > 4096:
        read, record = judged
        message = f"holds an RSA key of {record.bits} bits; receivers need not go beyond 4096"
        yield change(each, key, message, read.text, new_key(read.text))
