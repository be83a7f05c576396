#!/bin/sh
# Makes .venv: the locked packages, this project in editable form, and Pango from the system.
# Installs what the system lacks when it may (root or passwordless sudo); else says what to type.
set -eu
cd "$(dirname "$0")/.."

# The stamp is written last, so an interrupted set-up starts afresh. The folder's name is in the
# digest because a virtual environment does not survive being moved; cksum is on every system.
stamp=.venv/.set-up-$({ pwd; cat requirements.lock pyproject.toml scripts/setup.sh; } | cksum | tr ' ' -)
[ -e "$stamp" ] && [ -x .venv/bin/python ] && exit 0

stop() {
    printf 'set-up: %s\n' "$1" >&2
    exit 1
}

# with_apt WHAT PACKAGE...: installs the Debian packages, or says how to.
with_apt() {
    what=$1
    shift
    if [ "$(id -u)" = 0 ]; then
        root=
    elif sudo -n true 2>/dev/null; then
        root='sudo -n'
    else
        stop "$what is missing; install it with: sudo apt-get update && sudo apt-get install $*"
    fi
    echo "set-up: $what is missing, installing $*"
    $root apt-get update -qq
    $root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

# need WHAT DEBIAN-PACKAGES FEDORA-PACKAGES HOMEBREW-PACKAGES
need() {
    if command -v apt-get >/dev/null; then
        # shellcheck disable=SC2086  # a list of packages
        with_apt "$1" $2
    elif command -v dnf >/dev/null; then
        stop "$1 is missing; install it with: sudo dnf install $3"
    elif command -v brew >/dev/null; then
        stop "$1 is missing; install it with: brew install $4"
    else
        stop "$1 is missing; install it with the package manager of your system"
    fi
}

# A name on the path is not enough: pyenv puts shims there for versions that it then refuses.
find_python() {
    for python in python3.11 python3.12 python3.13 python3.14 python3; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    done
    return 1
}

has_pango() {
    .venv/bin/python - <<'END'
import ctypes, ctypes.util, sys
for stem in "pango-1.0", "pangoft2-1.0", "harfbuzz-subset":
    try:
        ctypes.CDLL(f"lib{stem}.so.0")
    except OSError:
        if not ctypes.util.find_library(stem):
            sys.exit(1)
END
}

if ! find_python; then
    need 'Python 3.11 or newer' 'python3 python3-venv' python3.11 python@3.11
    find_python || stop 'the Python of this system is older than 3.11; put a newer one on the path'
fi
# Debian cuts ensurepip, and so pip, out of its Python.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    need "ensurepip for $python" "python$version-venv" "python$version" "python@$version"
fi

echo "set-up: making .venv with $("$python" --version), about a minute"
"$python" -m venv --clear .venv
has_pango || need Pango 'libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0' \
    'pango harfbuzz' 'pango harfbuzz'
has_pango || stop 'Pango is installed but this Python does not find its libraries'

pip='.venv/bin/python -m pip install --quiet --disable-pip-version-check'
$pip --require-hashes --requirement requirements.lock
$pip --no-deps --no-build-isolation --editable .
touch "$stamp"
