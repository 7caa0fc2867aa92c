#!/usr/bin/env bash
# Fetches OpenSearch's jars and compiles the class that starts one node. Usage: install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../java.sh"
find_java
fetch_jars "$here/pom.xml" "$1/lib"
"$java_home/bin/javac" -nowarn --release 21 -d "$1/classes" -cp "$1/lib/*" "$here/OpenSearchNode.java"
