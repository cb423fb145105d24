"""Every target by its name."""

import fuzz_arc
import fuzz_dkim
import fuzz_dmarc
import fuzz_dns
import fuzz_message
import fuzz_milter
import fuzz_spf
import fuzz_whole
from fuzzkit import Target

MODULES = (
    fuzz_message,
    fuzz_dkim,
    fuzz_arc,
    fuzz_spf,
    fuzz_dmarc,
    fuzz_dns,
    fuzz_whole,
    fuzz_milter,
)
TARGETS: dict[str, Target] = {
    target.name: target for module in MODULES for target in module.TARGETS
}
