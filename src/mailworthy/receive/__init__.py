"""A receiver's whole judgement of a message: every check, and what comes of them."""

from mailworthy.receive.decision import Decision
from mailworthy.receive.engine import Options
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.facade import averify as aevaluate
from mailworthy.receive.facade import verify as evaluate
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.words import Check, Disposition, Fact, Held

__all__ = [
    "Check",
    "Decision",
    "Disposition",
    "Envelope",
    "Fact",
    "Held",
    "Options",
    "Verdict",
    "aevaluate",
    "evaluate",
]
