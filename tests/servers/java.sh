# shellcheck shell=bash disable=SC2034  # java_home is read by the scripts that source this file
# Finds a Java of at least 21, which OpenSearch needs, and sets `java_home`. All Java servers run on the same one.

java_release() {
  "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
}

find_java() {
  local candidate release path_java
  path_java=$(command -v java || true)
  for candidate in "${JAVA_HOME_21PLUS:-}" /usr/lib/jvm/*25* /usr/lib/jvm/*24* /usr/lib/jvm/*21* "${JAVA_HOME:-}" \
    "${path_java:+$(dirname "$(dirname "$(readlink -f "$path_java")")")}"; do
    [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] && [ -x "$candidate/bin/javac" ] || continue
    release=$(java_release "$candidate")
    if [ "${release:-0}" -ge 21 ]; then
      java_home=$candidate
      return
    fi
  done
  fail "no JDK of release 21 or newer was found; install one (openjdk-21-jdk or temurin-25-jdk) or set JAVA_HOME_21PLUS to it"
}

# fetch_jars POM FOLDER: what POM depends on, all of it, into FOLDER.
fetch_jars() {
  need mvn "Maven (Debian: maven)"
  mvn -B -q -f "$1" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DoutputDirectory="$2" -DincludeScope=runtime
}
