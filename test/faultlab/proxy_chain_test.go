package faultlab

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// chain puts one proxy before another.
func chain(outer, inner front) front {
	return func(t *testing.T, upstream string) string {
		url := inner(t, upstream)
		return outer(t, url[len("http://"):])
	}
}

func chainInjections() []injection {
	untrusted := func(fault, how string, proxy front, trusted string) injection {
		return injection{fault: fault, how: how, cause: "proxy_not_trusted", examine: func(t *testing.T) api.Diagnosis {
			return doctor(t, behind(t, proxy, map[string]string{"TRUSTED_PROXIES": trusted}))
		}}
	}
	return []injection{
		untrusted("D22", "nginx that nobody trusts", nginx(""), ""),
		untrusted("D3", "HAProxy that nobody trusts", haproxy(""), "10.0.0.0/8"),
		untrusted("D22", "Caddy that nobody trusts", caddy("", ""), ""),
		untrusted("D22", "the outer of two proxies is not trusted", chain(nginx("proxy_bind 127.0.0.4;"), nginx("proxy_bind 127.0.0.3;")), "127.0.0.3"),
		throughProxy("D2", "the inner of two proxies strips a header", "proxy_strips_csrf_header", chain(haproxy(""), nginx(`proxy_set_header X-CSRF-TOKEN "";`))),
		throughProxy("D14", "one of two servers behind Caddy is away", "answers_come_and_go", half(func(first, second string) front {
			return caddy("", "to "+second+"\nlb_policy round_robin")
		})),
		throughProxy("D14", "one of two servers behind nginx is away", "answers_come_and_go", half(func(first, second string) front {
			return nginxSite("location / {\nproxy_pass http://both;\nproxy_next_upstream off;\n"+passing+"}",
				"upstream both {\nserver "+first+" max_fails=0;\nserver "+second+" max_fails=0;\n}")
		})),
		{fault: "D14", how: "two servers with different signing keys behind nginx", cause: "nodes_differ", examine: func(t *testing.T) api.Diagnosis {
			return doctor(t, twoNodes(t, "JWT_SECRET_KEY"))
		}},
		{fault: "D14", how: "two servers with different sealing keys behind nginx", cause: "nodes_differ", examine: func(t *testing.T) api.Diagnosis {
			return doctor(t, twoNodes(t, "DATA_ENCRYPTION_KEY"))
		}},
	}
}

// twoNodes starts two servers behind one nginx that differ in one setting, and
// gives the first.
func twoNodes(t *testing.T, differs string) *ground.Instance {
	t.Helper()
	second := freeAddr(t)
	proxy := func(t *testing.T, upstream string) string {
		return nginxSite("location / {\nproxy_pass http://both;\n"+passing+"\n}", "upstream both {\nserver "+upstream+";\nserver "+second+";\n}")(t, upstream)
	}
	env := map[string]string{
		"JWT_SECRET_KEY":      "b1-Kq7Lx2Vw9Tz4Np6Hs8Yd3Jf5Cg0Ra-first",
		"DATA_ENCRYPTION_KEY": "d4-Wm8uRe1Kt6Qo9Zi2Xa5Cv7Bn3Lp0Jh-first",
	}
	first := behind(t, proxy, env)
	other := map[string]string{
		"LISTEN_ADDR": second, "PUBLIC_URL": first.Env("PUBLIC_URL"), "TRUSTED_PROXIES": "127.0.0.1/32",
		"JWT_SECRET_KEY": env["JWT_SECRET_KEY"], "DATA_ENCRYPTION_KEY": env["DATA_ENCRYPTION_KEY"],
	}
	other[differs] = "z9-Vb3Nm6Qw1Er4Ty8Ui2Op5As7Df0Gh-second"
	ground.Server(t, other)
	return first
}

// half sends every second request to where nobody listens.
func half(of func(first, second string) front) front {
	return func(t *testing.T, upstream string) string {
		dead := freeAddr(t)
		return of(upstream, dead)(t, upstream)
	}
}
