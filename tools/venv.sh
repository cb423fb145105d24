#!/bin/sh
# Make the virtual environment in which everything here runs: tools/venv.sh FOLDER
#
# Chooses the newest Python that is new enough, preferring one that can make environments at once.
# Where Debian's or Ubuntu's python3-venv is missing, root gets it installed, others the command.
set -eu

folder=$1

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

usable=
chosen=
for python in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3 /usr/bin/python3}; do
    new_enough "$python" || continue
    usable=${usable:-$python}
    can_make_venv "$python" || continue
    chosen=$python
    break
done

if [ -z "$usable" ]; then
    found=$("${PYTHON:-python3}" --version 2>&1 || true)
    echo "mailworthy needs Python 3.11 or newer; ${PYTHON:-python3} here is: ${found:-missing}" >&2
    echo "Install one (Debian 12, Ubuntu 24.04 and later: apt-get install python3), or name it: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
fi

if [ -z "$chosen" ]; then
    package=$("$usable" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Python's venv module is not complete here. Run this once, then try again:" >&2
        echo "    sudo apt-get install -y $package" >&2
        exit 1
    fi
    echo "Installing $package, which $usable needs to make an environment ..."
    log=$(mktemp)
    if ! { apt-get update -q &&
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
            -o DPkg::Lock::Timeout=300 "$package"; } >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        echo "apt-get could not install $package; see above." >&2
        exit 1
    fi
    rm -f "$log"
    chosen=$usable
fi

echo "Setting up $folder with $("$chosen" --version) (once) ..."
"$chosen" -m venv --clear "$folder"
