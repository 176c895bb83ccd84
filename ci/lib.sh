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

# make_venv FOLDER: an empty environment, marked once it is whole, so that one that was interrupted is made
# anew. Debian and Ubuntu keep the venv module in a package of its own.
make_venv() {
    local python
    python=$(find_python)
    rm -rf "$1"
    if command -v uv >/dev/null; then
        uv venv --quiet --python "$python" "$1"
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null || install_venv_package "$python"
        "$python" -m venv "$1"
    fi
    touch "$1/whole"
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
        "$venv/bin/python" -m pip "$verb" --disable-pip-version-check --progress-bar off "$@" 2>&1 | show_pip
    fi || die "" "FAILED: the packages could not be installed, for the reason above. They come from the package" \
        "index that pip is configured for (PIP_INDEX_URL names another); once it answers, run this again."
}

# What pip is busy with, in one line that changes where a terminal shows it; what goes wrong, as it stands.
show_pip() {
    local terminal=""
    [ ! -t 1 ] || terminal=yes
    awk -v terminal="$terminal" '
        terminal && /^Collecting/ { printf "\r\033[K  %d: %s", ++count, $2; fflush() }
        terminal && /^Installing/ { printf "\r\033[K  installing them"; fflush() }
        /^ERROR/ { failed = 1 }
        failed || /Retrying/ { print >"/dev/stderr" }
        END { if (terminal) printf "\r\033[K" }'
}
