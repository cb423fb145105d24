"""Where mailauth concludes otherwise from a case of DMARC, and which section decides."""

from typing import Any

from agreement import Difference

Case = dict[str, Any]


def unusable(case: Case, mine: Case, theirs: Case) -> bool:
    """The word for a record that ends DMARC processing is open."""
    single = len(set(case["from"])) == 1
    return single and (mine["result"], theirs["result"]) == ("permerror", "none")


def without_p(case: Case, mine: Case, theirs: Case) -> bool:
    """A record without p counts as if it *included* p=none, so that sp and np stand."""
    records = case["zonedata"].get(f"_dmarc.{mine.get('policy-domain')}", [])
    texts = [r["TXT"] for r in records if "TXT" in r and r["TXT"].startswith("v=DMARC1")]
    return any(" p=" not in text for text in texts) and theirs.get("applied") == "none"


def several_authors(case: Case, mine: Case, theirs: Case) -> bool:
    """No result at all where From names several domains; the attack is that of §11.5."""
    return len(set(case["from"])) > 1 and theirs["result"] == "none"


def not_completed(case: Case, mine: Case, theirs: Case) -> bool:
    """It is told only what passed, and not what could not be completed."""
    return bool(case.get("undecided")) and theirs["result"] == "fail"


CLASSES = (
    Difference("mailauth says none of a record that is unusable", "§4.10.1, §9.2", unusable),
    Difference("mailauth applies p=none in place of sp and np", "§4.7 p", without_p),
    Difference("mailauth has no result for several authors", "§5.3.1, §11.5", several_authors),
    Difference("mailauth does not hear of look-ups that failed", "§5.3.6", not_completed),
)
