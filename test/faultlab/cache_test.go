package faultlab

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

type env = map[string]string

// cacheInjections are of Valkey: D24, and what stands before it on the way.
func cacheInjections() []injection {
	var list []injection
	for _, group := range [][]redisFault{redisWays, redisTLS, redisLogins, redisWrites, redisMemory, redisOwners} {
		for _, f := range group {
			list = append(list, f.injection())
		}
	}
	return list
}

// redisFault is a deployment that differs from a healthy one only in REDIS_URL.
type redisFault struct {
	how   string
	cause api.Cause
	// make starts what there is and gives the settings.
	make func(t *testing.T) env
	// then, in its place, happens to a healthy Redis that the server has marked
	// as its own.
	then func(t *testing.T, r *ground.RedisServer)
}

func (f redisFault) injection() injection {
	return injection{fault: "D24", how: f.how, cause: f.cause, examine: func(t *testing.T) api.Diagnosis {
		if f.then == nil {
			return doctor(t, ground.Server(t, f.make(t)))
		}
		r := ground.Redis(t)
		s := ground.Server(t, env{"REDIS_URL": r.URL})
		expect(t, doctor(t, s)) // from now on the database knows of the marker
		f.then(t, r)
		return doctor(t, s)
	}}
}

// redisWays are faults of the address and of the way there.
var redisWays = []redisFault{
	{how: "REDIS_URL with the port of nobody", cause: "redis_unreachable", make: func(t *testing.T) env {
		return env{"REDIS_URL": fmt.Sprintf("redis://127.0.0.1:%d/0", ground.FreePort(t))}
	}},
	{how: "REDIS_URL with a name that nobody knows", cause: "redis_unreachable", make: func(*testing.T) env {
		return env{"REDIS_URL": "redis://valkey.invalid:6379/0"}
	}},
	{how: "a Redis that takes connections and never answers", cause: "redis_unreachable", make: func(t *testing.T) env {
		return env{"REDIS_URL": "redis://" + fakeRedis(t, map[string]string{"PING": ""}) + "/0"}
	}},
	{how: "a socket that is not there", cause: "redis_unreachable", make: func(t *testing.T) env {
		return env{"REDIS_URL": "unix://" + t.TempDir() + "/none.sock"}
	}},
	{how: "a web server at REDIS_URL", cause: "redis_not_redis", make: func(t *testing.T) env {
		s := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(s.Close)
		return env{"REDIS_URL": strings.Replace(s.URL, "http://", "redis://", 1)}
	}},
	{how: "a PostgreSQL at REDIS_URL", cause: "redis_not_redis", make: func(t *testing.T) env {
		return env{"REDIS_URL": "redis://" + ground.Postgres(t).Addr()}
	}},
	{how: "a mail server at REDIS_URL", cause: "redis_not_redis", make: func(t *testing.T) env {
		address, _, _ := strings.Cut(strings.TrimPrefix(ground.SMTP(t).URL, "smtp://"), "?")
		return env{"REDIS_URL": "redis://" + address}
	}},
	{how: "a database number that Redis does not have", cause: "redis_url_wrong", make: func(t *testing.T) env {
		return env{"REDIS_URL": strings.TrimSuffix(ground.Redis(t).URL, "0") + "99"}
	}},
	{how: "a path instead of a database number", cause: "redis_url_wrong", make: func(t *testing.T) env {
		return env{"REDIS_URL": strings.TrimSuffix(ground.Redis(t).URL, "0") + "cache"}
	}},
	{how: "a sentinel at REDIS_URL", cause: "redis_url_wrong", make: func(t *testing.T) env {
		return env{"REDIS_URL": "redis://" + fakeRedis(t, map[string]string{"INFO": bulk("redis_version:7.0.0\r\nredis_mode:sentinel\r\n")})}
	}},
	{how: "the clock of Redis 90 s ahead", cause: "clock_skew", make: func(t *testing.T) env {
		return env{"REDIS_URL": "redis://" + fakeRedis(t, map[string]string{"TIME": "ahead"})}
	}},
}

// redisTLS are disagreements on TLS.
var redisTLS = []redisFault{
	{how: "redis:// to a port with TLS", cause: "redis_tls_mismatch", make: func(t *testing.T) env {
		e := secureRedis(t, ground.Validity{}, "localhost")
		e["REDIS_URL"] = strings.Replace(e["REDIS_URL"], "rediss://", "redis://", 1)
		return e
	}},
	{how: "rediss:// to a port without TLS", cause: "redis_tls_mismatch", make: func(t *testing.T) env {
		return env{"REDIS_URL": strings.Replace(ground.Redis(t).URL, "redis://", "rediss://", 1)}
	}},
	{how: "a Redis that demands a client certificate", cause: "redis_tls_mismatch", make: func(t *testing.T) env {
		return secureRedis(t, ground.Validity{}, "localhost", "--tls-auth-clients", "yes")
	}},
	{how: "a Redis certificate of an unknown authority", cause: "redis_certificate_refused", make: func(t *testing.T) env {
		e := secureRedis(t, ground.Validity{}, "localhost")
		delete(e, "SSL_CERT_FILE")
		return e
	}},
	{how: "a Redis certificate of another name", cause: "redis_certificate_refused", make: func(t *testing.T) env {
		return secureRedis(t, ground.Validity{}, "cache.example.com")
	}},
	{how: "an expired Redis certificate", cause: "redis_certificate_refused", make: func(t *testing.T) env {
		return secureRedis(t, ground.Validity{From: -48 * hour, To: -hour}, "localhost")
	}},
}

// redisLogins are refusals by user, password and access list.
var redisLogins = []redisFault{
	{how: "a Redis with a password, REDIS_URL without", cause: "redis_refuses_login", make: func(t *testing.T) env {
		return env{"REDIS_URL": ground.Redis(t, "--requirepass", "right").URL}
	}},
	{how: "a wrong Redis password", cause: "redis_refuses_login", make: func(t *testing.T) env {
		return env{"REDIS_URL": with(ground.Redis(t, "--requirepass", "right").URL, ":wrong")}
	}},
	{how: "the Redis password where the user stands", cause: "redis_refuses_login", make: func(t *testing.T) env {
		return env{"REDIS_URL": with(ground.Redis(t, "--requirepass", "right").URL, "right")}
	}},
	{how: "a Redis user that does not exist", cause: "redis_refuses_login", make: func(t *testing.T) env {
		return env{"REDIS_URL": with(ground.Redis(t, "--requirepass", "right").URL, "app:right")}
	}},
	{how: "a Redis user for other keys", cause: "redis_permission_denied", make: func(t *testing.T) env {
		return env{"REDIS_URL": with(ground.Redis(t, "--user", "app", "on", ">right", "~app:*", "+@all").URL, "app:right")}
	}},
	{how: "a Redis user who may only read", cause: "redis_permission_denied", make: func(t *testing.T) env {
		return env{"REDIS_URL": with(ground.Redis(t, "--user", "app", "on", ">right", "~*", "-@all", "+@read", "+@connection", "+info").URL, "app:right")}
	}},
	{how: "a Redis user who may run no scripts", cause: "redis_permission_denied", make: func(t *testing.T) env {
		return env{"REDIS_URL": with(ground.Redis(t, "--user", "app", "on", ">right", "~aiwfe:*", "+@all", "-@scripting").URL, "app:right")}
	}},
	{how: "a Redis in protected mode", cause: "redis_protected_mode", make: func(t *testing.T) env {
		said := "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set\r\n"
		return env{"REDIS_URL": "redis://" + fakeRedis(t, map[string]string{"": said})}
	}},
}
