#!/usr/bin/env bash
# Becomes ElasticMQ on 127.0.0.1; it keeps everything in memory. Usage: run.sh INSTALLED DATA PORT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../java.sh"
find_java
export SQS_PORT=$3
exec "$java_home/bin/java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
  -Dconfig.file="$here/elasticmq.conf" -Dlogback.configurationFile="$here/logback.xml" \
  -cp "$1/lib/*" org.elasticmq.server.Main
