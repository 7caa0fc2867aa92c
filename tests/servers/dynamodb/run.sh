#!/usr/bin/env bash
# Becomes DynamoDB Local on 127.0.0.1; it keeps everything in memory. Usage: run.sh INSTALLED DATA PORT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../java.sh"
find_java
# No lower tier of compilation here: this server is the one that is under load.
exec "$java_home/bin/java" -Xmx512m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  -Dsqlite4java.library.path="$1/lib" -cp "$1/classes:$1/lib/*" DynamoDbLoopback "$3"
