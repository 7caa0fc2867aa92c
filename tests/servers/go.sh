# shellcheck shell=bash
# Builds Go programs from the module proxy alone: prefixes of a module's path are then not looked up at their origins.

# go_program MODULE@VERSION FOLDER: the program into FOLDER/bin.
go_program() {
  need go "Go 1.25 or newer (https://go.dev/dl)"
  GOPROXY=$(go env GOPROXY | cut -d , -f 1)
  export GOPROXY
  GOBIN="$2/bin" GOFLAGS=-buildvcs=false go install -trimpath -ldflags='-s -w' "$1"
}
