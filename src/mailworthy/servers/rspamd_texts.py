"""The files of Rspamd that are the same on every server."""

OPTIONS = """\
# Rspamd skips SPF, DKIM, DMARC and blocklists for local addresses, and it ships with all
# private networks (10/8, 172.16/12, 192.168/16, fd00::/8) in this list: behind a proxy, NAT or
# a container bridge every message would pass unseen. Only this machine is local. Machines whose
# mail is to be signed go to sign_networks in local.d/dkim_signing.conf instead.
local_addrs = ["127.0.0.0/8", "::1"];
# Blocklists refuse to answer the big public resolvers. Run a resolver here (Unbound), name it
# in /etc/resolv.conf, or here:
#dns { nameserver = ["127.0.0.1"]; }
"""

HFILTER = """\
# Looks at the HELO name and at the name that the client's address has. Postfix tells it that
# name by the milter; unknown means no PTR record, or one that does not lead back.
helo_enabled = true;
hostname_enabled = true;
from_enabled = true;
rcpt_enabled = true;
url_enabled = true;
mid_enabled = false;
"""

RBL = """\
# Asked for the client's address only: an address further down in Received may be anybody's
# home, or invented. A list counts only by the answers it is known to give, never by a refusal
# (127.255.255.254: asked through a public resolver; .255: asked too often; 127.0.0.255 of
# DNSWL: blocked).
# Spamhaus: free for small, non-commercial use; else get a free key (DQS) and set rbl to
# KEY.zen.dq.spamhaus.net. Mailspike, Spam Eating Monkey and virusfree.cz are free to use in
# small numbers.
rbls {
  spamhaus { exclude_checks = ["received"]; }
  dnswl { exclude_checks = ["received"]; }
  sem {
    symbol = "RBL_SEM_UNKNOWN";
    returncodes { RBL_SEM = "127.0.0.2"; }
  }
  semIPv6 {
    symbol = "RBL_SEM_IPV6_UNKNOWN";
    returncodes { RBL_SEM_IPV6 = "127.0.0.2"; }
  }
  # Needs an account, and answers everybody else with a listing.
  senderscore { enabled = false; }
  # Has ended.
  nixspam { enabled = false; }
  # Lists attackers of all services, with no code that says which.
  blocklistde { enabled = false; }
}
"""

ARC = """\
# ARC chains that come in are verified and shown in Authentication-Results; they earn nothing,
# since anybody can seal anything (RFC 8617 §9.4). Nothing is sealed here: sealing helps only a
# server that forwards mail to others, and the experiment is being wound up. To seal what you
# forward: sign_inbound = true, and a domain block as in dkim_signing.conf, with the RSA key alone.
sign_inbound = false;
sign_local = false;
sign_authenticated = false;
try_fallback = false;
"""

SIGNING = """\
# Every message from a user who logged in, from this machine, or from sign_networks is signed
# twice: RSA, which all understand, and Ed25519 (RFC 8463 §6).
# The public key is looked up first: a message goes out unsigned rather than with a signature
# that fails. So nothing is signed before the zone is published.
sign_authenticated = true;
sign_local = true;
#sign_networks = ["192.0.2.0/28"];  # other machines of yours that hand in mail here
check_pubkey = true;
allow_pubkey_mismatch = false;
try_fallback = false;
# The domain of From signs, exactly as written (DMARC alignment, RFC 9989 §4.4), unless the login
# has a domain that is neither that, nor above or below it. Rspamd's own rule would not sign for a
# login without a domain, so the one below stands in its place.
use_domain_custom = <<EOD
return function(task)
  local from = (task:get_from('mime') or {})[1]
  local domain = from and from.domain and from.domain:lower()
  local login = string.match(task:get_user() or '', '.*@(.*)')
  if not domain or domain == '' or not login then return domain end
  login = login:lower():gsub('%.$', '')
  local function within(name, above)
    return above ~= '' and (name == above or name:sub(-#above - 1) == '.' .. above)
  end
  return (within(domain, login) or within(login, domain)) and domain or nil
end
EOD;
use_esld = false;
allow_username_mismatch = true;  # as that rule has it
allow_hdrfrom_mismatch = true;
allow_hdrfrom_multiple = false;
allow_envfrom_empty = true;
# Signed, and (o) once more than present, so that nobody can add a second one (RFC 6376 §8.15);
# the List fields as RFC 8058 §4 wants them.
"""

HEADERS = """\
# Writes what was found into Authentication-Results, under the name that Postfix passes on
# (milter_macro_daemon_name), and first removes every such header that came in: a forged one with
# our name must go (RFC 8601 §5). Also for local and authenticated senders, who could forge it
# just as well; their login name is not written.
use = ["authentication-results", "x-spamd-result"];
local_headers = ["authentication-results"];
authenticated_headers = ["authentication-results"];
routines {
  authentication-results {
    remove = 0;
    add_smtp_user = false;
  }
}
"""

GREYLIST = """\
# Needs Redis, and delays honest mail more than it stops spam.
enabled = false;
"""
