"""Prints ports that nobody listens on, one for each name given. Usage: ports.py NAME…"""

import os
import random
import socket
import sys

# Below the range from which the kernel serves outgoing connections, so that nobody takes a stopped server's port before
# it is started again.
LOWEST, HIGHEST = 20_000, 32_000


def free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main(names: list[str]) -> None:
    base = os.environ.get("WAYPOST_TEST_PORT_BASE")
    if base:
        ports = [int(base) + i for i in range(len(names))]
    else:
        candidates = random.sample(range(LOWEST, HIGHEST), 1000)
        ports = [port for port in candidates if free(port)][: len(names)]
    print(*ports, sep="\n")


main(sys.argv[1:])
