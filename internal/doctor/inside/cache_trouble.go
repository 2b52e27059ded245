package inside

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// troubles is the cause that each kind of trouble is, with what was expected
// and what mends this very case.
var troubles = map[valkey.Kind]api.Finding{
	valkey.Unresolved: {
		Code: "redis_unreachable", Expected: "a host name that this machine can resolve",
		Remedy: "Correct the host in REDIS_URL, or the name service of this machine: getent hosts HOST must answer.",
	},
	valkey.Refused: {
		Code: "redis_unreachable", Expected: "a Valkey that listens there",
		Remedy: "Start Valkey on that host and port, or correct them in REDIS_URL. One that listens on 127.0.0.1 only is not reached from elsewhere.",
	},
	valkey.Silent: {
		Code: "redis_unreachable", Expected: "an answer to PING within 3 seconds",
		Remedy: "Look whether a firewall drops the packets, and whether Valkey hangs: valkey-cli -h HOST -p PORT --latency.",
	},
	valkey.TLSWanted: {
		Code: "redis_tls_mismatch", Expected: "rediss://, since the port speaks TLS",
		Remedy: "Write rediss:// instead of redis:// in REDIS_URL.",
	},
	valkey.TLSUnknown: {
		Code: "redis_tls_mismatch", Expected: "a port that speaks TLS, since REDIS_URL says so",
		Remedy: "Name the TLS port of Valkey (tls-port) in REDIS_URL, or write redis:// where the way is safe without.",
	},
	valkey.ClientCert: {
		Code: "redis_tls_mismatch", Expected: "TLS without a certificate of the client",
		Remedy: "Set tls-auth-clients no (or optional) on the Valkey server and let us log in by password: no client certificate is shown.",
	},
	valkey.Certificate: {Code: "redis_certificate_refused", Expected: "a certificate for the host of REDIS_URL of an authority that this machine trusts"},
	valkey.Stranger:    {Code: "redis_not_redis", Expected: "+PONG"},
	valkey.Protected:   {Code: "redis_protected_mode", Expected: "+PONG, or a demand for a password"},
	valkey.Loading:     {Code: "redis_loading", Expected: "+PONG"},
	valkey.Login:       {Code: "redis_refuses_login", Expected: "a login by the user and password of REDIS_URL"},
	valkey.Denied:      {Code: "redis_permission_denied", Expected: "the keys aiwfe:* open to this user"},
	valkey.ReadOnly:    {Code: "redis_read_only", Expected: "a primary that takes writes"},
	valkey.Full:        {Code: "redis_full", Expected: "room for a key of 60 bytes"},
	valkey.DiskFailed:  {Code: "redis_disk_failed", Expected: "a write that is taken"},
	valkey.ClusterDown: {Code: "redis_cluster_down", Expected: "a cluster that serves every slot"},
	valkey.NoDatabase: {
		Code: "redis_url_wrong", Expected: "the number of a database that the server has",
		Remedy: "End REDIS_URL with a number below the server's `databases` (16 by default); a cluster has only /0.",
	},
}

// fitting adds what is special in the case at hand.
func (c *cache) fitting(t *valkey.Trouble, f api.Finding) api.Finding {
	if t.Kind != valkey.Login {
		return f
	}
	switch {
	case c.target.User == "" && c.target.Password.Empty():
		f.Remedy = "REDIS_URL has no password. Write redis://:PASSWORD@host, or redis://USER:PASSWORD@host for a user of the access list."
	case c.target.Password.Empty():
		f.Remedy = "REDIS_URL has a user name and no password. If what stands before the @ is the password, put a colon before it: redis://:PASSWORD@host."
	case c.target.User != "" && c.target.User != "default" && !strings.HasPrefix(t.Said, "NOAUTH"):
		f.Remedy = "Look whether this user exists (valkey-cli ACL LIST): with requirepass alone there is only `default`, and REDIS_URL is redis://:PASSWORD@host."
	}
	return f
}
