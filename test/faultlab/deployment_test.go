package faultlab

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// deployment describes what runs. Faults are changes of a description, so that
// several can be put into one; start makes it real.
type deployment struct {
	env      env
	database string          // "sqlite", "postgres", or "pooled": PostgreSQL behind pgbouncer
	redis    []string        // options of a Redis; nil for none
	login    string          // what stands before the @ of REDIS_URL
	proxy    *site           // nginx in front; nil for none
	nodes    int             // how many servers
	validity ground.Validity // of the certificate of the proxy
	// before happens to the migrated database while no server runs, after when
	// all do.
	before, after []func(t *testing.T, r *running)
}

// site is the text of an nginx: in the server block, and in its one location.
// What stands in forward is replaced by a change, the rest is added to.
type site struct {
	tls                      bool
	around, server, location string
	host, client, proto      string
}

// running is a deployment that was started.
type running struct {
	*deployment
	nodes []*ground.Instance
	pg    *ground.PG
	dsn   string // of PostgreSQL itself
	redis *ground.RedisServer
	ca    string // the file of the authority
	url   string // what people type
}

// passwordOfAda is good enough for production.
const passwordOfAda = "Wq7-horse-battery-staple"

// whole is the whole of it: PostgreSQL behind pgbouncer, Redis, mail, nginx
// with TLS of a private authority.
func whole(t *testing.T) *deployment {
	t.Helper()
	return &deployment{
		database: "pooled", redis: []string{}, proxy: plainSite(true), nodes: 1,
		env: env{
			"ENVIRONMENT": "production", "SHUTDOWN_DELAY": "0s", "TRUSTED_PROXIES": "127.0.0.1/32", "SMTP_URL": ground.SMTP(t).URL,
			"MAIL_FROM": "no-reply@example.com", "METRICS_TOKEN": "mT-5Jd8Kq2Lz7Xw4Vn9Bc6Gh3",
			"JWT_SECRET_KEY":      "b1-Kq7Lx2Vw9Tz4Np6Hs8Yd3Jf5Cg0Ra-one",
			"DATA_ENCRYPTION_KEY": "d4-Wm8uRe1Kt6Qo9Zi2Xa5Cv7Bn3Lp0Jh-one",
		},
	}
}

// plainSite is an honest nginx.
func plainSite(tls bool) *site {
	return &site{
		tls: tls, host: "Host $http_host", client: "X-Forwarded-For $proxy_add_x_forwarded_for", proto: "X-Forwarded-Proto $scheme",
	}
}

// start makes everything, in the order of what needs what.
func (d *deployment) start(t *testing.T) *running {
	t.Helper()
	r := &running{deployment: d}
	full := env{}
	r.startDatabase(t, full)
	if d.redis != nil {
		r.redis = ground.Redis(t, d.redis...)
		full["REDIS_URL"] = r.redis.URL
		if r.login != "" {
			full["REDIS_URL"] = with(r.redis.URL, r.login)
		}
	}
	var upstreams []string
	for range d.nodes {
		upstreams = append(upstreams, freeAddr(t))
	}
	if d.proxy != nil {
		full["PUBLIC_URL"] = r.startProxy(t, upstreams)
		full["SSL_CERT_FILE"] = r.ca
	}
	maps.Copy(full, d.env)
	r.prepare(t, full)
	for _, addr := range upstreams {
		one := maps.Clone(full)
		one["LISTEN_ADDR"] = addr
		if d.proxy == nil {
			one["PUBLIC_URL"] = "http://localhost:" + addr[strings.LastIndex(addr, ":")+1:]
		}
		maps.DeleteFunc(one, func(_, value string) bool { return value == "" })
		r.nodes = append(r.nodes, ground.Server(t, one))
	}
	r.url = r.nodes[0].Env("PUBLIC_URL")
	for _, f := range d.after {
		f(t, r)
	}
	return r
}

func (r *running) startDatabase(t *testing.T, full env) {
	t.Helper()
	if r.database == "sqlite" {
		full["DATA_DIR"] = t.TempDir()
		return
	}
	r.pg = ground.Postgres(t)
	r.dsn = r.pg.NewDatabase(t)
	full["DATABASE_URL"] = r.dsn
	if r.database == "pooled" {
		full["DATABASE_URL"] = ground.PgBouncer(t, r.pg, "transaction", 4).URL(r.dsn)
	}
}

func (r *running) startProxy(t *testing.T, upstreams []string) (url string) {
	t.Helper()
	listen, scheme, put := "127.0.0.1:{{port}}", "http", []ground.File(nil)
	p := r.proxy
	if p.tls {
		a, err := ground.NewAuthority()
		if err != nil {
			t.Fatal(err)
		}
		c, err := a.Issue(r.validity, "localhost")
		if err != nil {
			t.Fatal(err)
		}
		r.ca, scheme = a.File(t), "https"
		listen += " ssl"
		put = []ground.File{{Name: "tls.crt", Text: c.Cert}, {Name: "tls.key", Text: c.Key}}
		p.server += "\nssl_certificate {{folder}}/tls.crt;\nssl_certificate_key {{folder}}/tls.key;"
	}
	text := fmt.Sprintf("%s\nupstream nodes {\nserver %s;\n}\nserver {\nlisten %s;\n%s\nlocation / {\nproxy_pass http://nodes;\n%s\n}\n}\n",
		p.around, strings.Join(upstreams, ";\nserver "), listen, p.server, p.headers()+p.location)
	return strings.Replace(ground.Nginx(t, text, put...).URL, "http", scheme, 1)
}

func (p *site) headers() (lines string) {
	for _, h := range []string{p.host, p.client, p.proto} {
		if h != "" {
			lines += "proxy_set_header " + h + ";\n"
		}
	}
	return lines
}

// prepare migrates, and makes the administrator without whom nothing is whole.
func (r *running) prepare(t *testing.T, full env) {
	t.Helper()
	s := ground.Unstarted(t, full)
	for _, args := range [][]string{
		{"migrate", "up"}, {"user", "create", "--email", "ada@example.com", "--role", "admin", "--password-stdin"},
	} {
		if res := s.RunInput(passwordOfAda+"\n", args...); res.Code != 0 {
			t.Fatalf("%s: %s%s", strings.Join(args, " "), res.Stdout, res.Stderr)
		}
	}
	for _, f := range r.before {
		f(t, r)
	}
}

// examine is what the doctor says on the first node.
func (r *running) examine(t *testing.T, args ...string) api.Diagnosis {
	t.Helper()
	return doctor(t, r.nodes[0], args...)
}
