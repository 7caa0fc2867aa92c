#!/usr/bin/env bash
# Becomes OpenSearch on 127.0.0.1. Usage: run.sh INSTALLED DATA PORT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../java.sh"
find_java
exec "$java_home/bin/java" -Xms512m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
  --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  -Dopensearch.set.netty.runtime.available.processors=false -Dlog4j2.disable.jmx=true -Dlog4j2.formatMsgNoLookups=true \
  -Dopensearch.path.home="$2" -Dopensearch.logs.base_path="$2/logs" -Dopensearch.logs.cluster_name=waypost-test \
  -cp "$1/classes:$1/lib/*" OpenSearchNode "$3" "$2"
