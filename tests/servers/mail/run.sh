#!/usr/bin/env bash
# Becomes GreenMail, IMAP within TLS, on 127.0.0.1; it keeps everything in memory. Its certificate, made here and for this
# machine alone, lies in DATA/certificate.pem. Usage: run.sh INSTALLED DATA PORT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../java.sh"
find_java
rm -f "$2/keys.p12"
"$java_home/bin/keytool" -genkeypair -alias mail -keyalg EC -groupname secp256r1 -validity 30 -dname CN=localhost \
  -ext san=dns:localhost,ip:127.0.0.1 -storetype PKCS12 -keystore "$2/keys.p12" -storepass testsecret
"$java_home/bin/keytool" -exportcert -rfc -alias mail -keystore "$2/keys.p12" -storepass testsecret \
  -file "$2/certificate.pem"
exec "$java_home/bin/java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
  -Dgreenmail.imaps.hostname=127.0.0.1 -Dgreenmail.imaps.port="$3" \
  -Dgreenmail.users=waypost:testsecret@example.com -Dgreenmail.users.login=local_part \
  -Dgreenmail.tls.keystore.file="$2/keys.p12" -Dgreenmail.tls.keystore.password=testsecret \
  -cp "$1/lib/*" com.icegreen.greenmail.standalone.GreenMailStandaloneRunner
