"""The audit: evidence collected in few rounds, rules that judge it, findings that can be cured.

`mailworthy.audit(domain, *, intent=None, resolver=None, now=None)` is `facade.audit`.
"""

from mailworthy.callable import calls

calls(__name__, "mailworthy.audit.facade", "audit")
