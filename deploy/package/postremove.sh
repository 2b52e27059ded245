#!/bin/sh
# Accounts in /var/lib/private/aiwfe-auth and keys in /etc/aiwfe-auth/secrets are left for the operator to delete.
set -eu
[ ! -d /run/systemd/system ] || systemctl daemon-reload || true
