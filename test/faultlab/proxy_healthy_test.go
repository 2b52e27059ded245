package faultlab

import (
	"slices"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

// TestHonestProxiesAreNoFault: what works must not be called broken.
func TestHonestProxiesAreNoFault(t *testing.T) {
	for name, proxy := range map[string]front{
		"nginx": nginx(""), "HAProxy": haproxy(""), "Caddy": caddy("", ""),
		"nginx before HAProxy": chain(nginx(""), haproxy("")), "Caddy before nginx": chain(caddy("", ""), nginx("")),
		"nginx with Host without a port": nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
}`, ""),
		"nginx with a slash behind the upstream": nginxSite("location / {\nproxy_pass http://UPSTREAM/;\n"+passing+"}", ""),
		"nginx that compresses":                  nginx("gzip on;\ngzip_types *;\ngzip_proxied any;"),
		"nginx that overwrites X-Forwarded-For": nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Request-ID $request_id;
}`, ""),
		"nginx that adds headers of its own": nginx(`add_header X-Frame-Options SAMEORIGIN always;
add_header Strict-Transport-Security "max-age=63072000" always;
add_header Referrer-Policy strict-origin-when-cross-origin always;`),
		"HAProxy with a cookie of its own":     haproxy("  cookie NODE insert indirect nocache\n  http-request set-header X-Forwarded-Proto http"),
		"nginx that hides request ids":         nginx("proxy_hide_header X-Request-Id;"),
		"nginx that adds a cookie":             nginx(`proxy_set_header Cookie "$http_cookie; lb=1";`),
		"nginx that hides who came from where": nginx("proxy_set_header Referer \"\";\nproxy_set_header User-Agent \"\";"),
		"nginx with pages for its own errors":  nginx("proxy_intercept_errors on;\nerror_page 500 502 503 504 /50x.html;"),
		"Caddy that compresses":                caddy("encode gzip", ""),
		"nginx that counts visitors":           nginx("proxy_set_header Accept-Encoding \"\";\nsub_filter '</head>' '<script src=\"https://example.com/x.js\"></script></head>';"),
		"nginx that serves /static itself":     nginxSite("location / {\nproxy_pass http://UPSTREAM;\n"+passing+"}\nlocation /static/ {\nreturn 404;\n}", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, bothWays(t, behind(t, proxy, nil)))
		})
	}
}

// TestProxiesThatLimitRequestsAreNoFault: a doctor asks more in a second than
// anybody who signs in.
func TestProxiesThatLimitRequestsAreNoFault(t *testing.T) {
	for name, proxy := range map[string]front{
		"nginx that allows ten requests a second": nginxSite("location / {\nlimit_req zone=all burst=20 nodelay;\nproxy_pass http://UPSTREAM;\n"+passing+"}",
			"limit_req_zone $binary_remote_addr zone=all:1m rate=10r/s;"),
		"nginx that allows five requests a second, with 429": nginxSite("location / {\nlimit_req zone=all burst=10 nodelay;\nlimit_req_status 429;\nproxy_pass http://UPSTREAM;\n"+passing+"}",
			"limit_req_zone $binary_remote_addr zone=all:1m rate=5r/s;"),
		"nginx that allows ten connections": nginxSite("location / {\nlimit_conn all 10;\nproxy_pass http://UPSTREAM;\n"+passing+"}",
			"limit_conn_zone $binary_remote_addr zone=all:1m;"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, doctor(t, behind(t, proxy, nil)))
		})
	}
}

// TestTwoFaultsOfAProxyAreTwoFindings, in whichever order.
func TestTwoFaultsOfAProxyAreTwoFindings(t *testing.T) {
	for name, c := range map[string]struct {
		proxy front
		want  []api.Cause
	}{
		"a header and cookies": {
			nginx("proxy_set_header X-CSRF-TOKEN \"\";\nproxy_hide_header Set-Cookie;"), []api.Cause{"proxy_drops_set_cookie", "proxy_strips_csrf_header"},
		},
		"a header and bodies": {
			nginx("proxy_set_header X-CSRF-TOKEN \"\";\nclient_max_body_size 4k;"), []api.Cause{"proxy_limits_body", "proxy_strips_csrf_header"},
		},
		"cookies and tokens": {
			haproxy("  http-request del-header Cookie\n  http-request del-header Authorization"), []api.Cause{"proxy_strips_authorization", "proxy_strips_cookies"},
		},
		"Host and the policy": {
			caddy("", "header_up Host upstream.internal\nheader_down Referrer-Policy no-referrer"), []api.Cause{"proxy_referrer_policy", "proxy_rewrites_host"},
		},
		"the address and methods": {
			haproxyBare("  http-request set-header X-Forwarded-For %[req.hdr(X-Real-IP)]\n  http-request deny if { method DELETE }"),
			[]api.Cause{"client_address_spoofable", "proxy_answers_itself"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := codes(bothWays(t, behind(t, c.proxy, nil))); !slices.Equal(got, c.want) {
				t.Errorf("the doctor names %v, and the causes are %v", got, c.want)
			}
		})
	}
}
