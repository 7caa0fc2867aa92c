#!/usr/bin/env bash
# Fetches GreenMail's jar. Usage: install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../java.sh"
fetch_jars "$here/pom.xml" "$1/lib"
