# Sourced by the scripts beside it: how they speak, how they find Python, and how they install.
# Nothing here knows a package index: pip and uv read the machine's own configuration.

# One line an argument.
say() { printf '%s\n' "$@"; }
die() {
    printf '%s\n' "$@" >&2
    exit 1
}

# The first interpreter that is new enough; PYTHON=... goes before all others.
find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    die "p4rsvp needs Python 3.11 or newer: install it, or name it with PYTHON=/path/to/python3"
}

# make_venv FOLDER: an empty environment. Debian and Ubuntu keep the venv module in a package of its own.
make_venv() {
    local python
    python=$(find_python)
    rm -rf "$1"
    if command -v uv >/dev/null; then
        uv venv --quiet --python "$python" "$1"
        return
    fi
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install_venv_package "$python"
    "$python" -m venv "$1"
}

install_venv_package() {
    local package
    package=$("$1" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        die "$1 cannot make virtual environments. Install $package or uv, then run this again:" \
            "    sudo apt-get install $package"
    fi
    say "installing the system package $package"
    apt-get update --quiet=2
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --no-install-recommends \
        -o Dpkg::Use-Pty=0 "$package" >/dev/null
}

# pip_in FOLDER install ...: uv's pip where uv is there, else the environment's own.
pip_in() {
    local venv=$1 verb=$2
    shift 2
    if command -v uv >/dev/null; then
        uv pip "$verb" --quiet --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip "$verb" --quiet --quiet --disable-pip-version-check "$@"
    fi
}
