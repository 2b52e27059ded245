#!/bin/sh
# Nothing is started that nobody has configured, and nothing is enabled. What runs already is restarted with the new
# program, after its schema has been looked at: in production the server does not start on a schema that is behind.
set -eu
[ -d /run/systemd/system ] || exit 0
systemctl daemon-reload || true
case "${1:-}" in
configure) upgraded=${2:-} ;; # deb: the version before, if any
2) upgraded=yes ;;            # rpm: how many versions are there
*) upgraded= ;;
esac
if [ -n "$upgraded" ] && systemctl is-active --quiet aiwfe-auth.service; then
	systemctl restart aiwfe-auth.service || {
		echo "aiwfe-auth was not started anew; look at: journalctl -u aiwfe-auth, and /usr/share/doc/aiwfe-auth/README" >&2
	}
fi
