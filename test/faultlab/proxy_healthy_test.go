package faultlab

import "testing"

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
		"HAProxy with a cookie of its own": haproxy("  cookie NODE insert indirect nocache\n  http-request set-header X-Forwarded-Proto http"),
		"nginx that serves /static itself": nginxSite("location / {\nproxy_pass http://UPSTREAM;\n"+passing+"}\nlocation /static/ {\nreturn 404;\n}", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, doctor(t, behind(t, proxy, nil)))
		})
	}
}
