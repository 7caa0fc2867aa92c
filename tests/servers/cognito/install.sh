#!/usr/bin/env bash
# Installs moto, which plays Cognito, and boto3 into an environment of their own. Usage: install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
need python3 "Python 3.11 or newer (Debian: python3 python3-venv)"
python3 -m venv "$1/venv" || fail "python3 cannot make an environment; install python3-venv and try again"
"$1/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
