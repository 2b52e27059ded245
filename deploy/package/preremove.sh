#!/bin/sh
# An upgrade leaves the server running; a removal stops it.
set -eu
[ -d /run/systemd/system ] || exit 0
case "${1:-}" in
remove | 0) systemctl disable --now aiwfe-auth.service aiwfe-auth.socket 2>/dev/null || true ;;
esac
