package outside

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// names of the proxies that tell who they are.
var names = map[string]string{
	"nginx":      "nginx",
	"caddy":      "Caddy",
	"haproxy":    "HAProxy",
	"traefik":    "Traefik",
	"envoy":      "Envoy",
	"apache":     "Apache",
	"cloudflare": "Cloudflare",
}

// look remembers which proxy an answer tells of.
func (p *proxied) look(a *answer) {
	if k := kindOf(a); k != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.kind = k
	}
}

// kindOf is which proxy an answer tells of, "" for none.
func kindOf(a *answer) string {
	server := strings.ToLower(a.Get("Server") + " " + a.Get("Via"))
	if a.Get("Cf-Ray") != "" {
		return "cloudflare"
	}
	for _, k := range []string{"cloudflare", "nginx", "caddy", "haproxy", "traefik", "envoy", "apache"} {
		if strings.Contains(server, k) {
			return k
		}
	}
	if strings.Contains(server, "openresty") {
		return "nginx"
	}
	return ""
}

// remedy is the very line for the proxy at hand, or those for the usual ones.
func remedy(cause api.Cause, kind string) string {
	lines := remedies[cause]
	if line := lines[kind]; line != "" {
		return names[kind] + ": " + line
	}
	text := api.Causes[cause].Remedy
	for _, k := range []string{"nginx", "haproxy", "caddy", "traefik", "apache"} {
		if kind == "" && lines[k] != "" {
			text += "\n" + names[k] + ": " + lines[k]
		}
	}
	return text
}

// remedies are lines of configuration, by cause and proxy.
var remedies = map[api.Cause]map[string]string{
	"proxy_strips_csrf_header": {
		"nginx":   "remove `proxy_set_header X-CSRF-TOKEN \"\";`, or add `proxy_set_header X-CSRF-TOKEN $http_x_csrf_token;`",
		"haproxy": "remove `http-request del-header X-CSRF-TOKEN`", "caddy": "remove `header_up -X-CSRF-TOKEN`",
		"traefik":    "remove X-CSRF-TOKEN from customRequestHeaders of the headers middleware",
		"apache":     "remove `RequestHeader unset X-CSRF-TOKEN`",
		"cloudflare": "remove the Transform Rule that removes X-CSRF-TOKEN",
		"envoy":      "remove X-CSRF-TOKEN from request_headers_to_remove",
	},
	"proxy_strips_authorization": {
		"nginx":   "remove `proxy_set_header Authorization \"\";`, or add `proxy_set_header Authorization $http_authorization;`",
		"haproxy": "remove `http-request del-header Authorization`", "caddy": "remove `header_up -Authorization`",
		"apache":  "add `CGIPassAuth On` or remove `RequestHeader unset Authorization`",
		"envoy":   "remove authorization from request_headers_to_remove",
		"traefik": "set removeHeader: false in the basicAuth middleware, or remove Authorization from customRequestHeaders",
	},
	"proxy_strips_cookies": {
		"nginx":   "remove `proxy_set_header Cookie \"\";`, or add `proxy_set_header Cookie $http_cookie;`",
		"haproxy": "remove `http-request del-header Cookie` and what replaces parts of it",
		"caddy":   "remove `header_up -Cookie`",
		"apache":  "remove `RequestHeader unset Cookie`", "cloudflare": "remove the rule that changes the Cookie header",
	},
	"proxy_strips_headers": {
		"nginx":      "set `proxy_pass_request_headers on;`",
		"haproxy":    "remove the rules `http-request del-header` that match by pattern",
		"cloudflare": "choose an origin request policy that forwards all headers",
	},
	"proxy_rewrites_host": {
		"nginx": "add `proxy_set_header Host $host;`", "haproxy": "remove `http-request set-header Host`",
		"caddy": "remove `header_up Host {upstream_hostport}`", "apache": "set `ProxyPreserveHost On`",
		"traefik": "set passHostHeader: true at the service",
		"envoy":   "remove host_rewrite_literal and auto_host_rewrite",
	},
	"proxy_rewrites_origin": {
		"nginx":   "remove `proxy_set_header Origin` and those of Sec-Fetch-Site",
		"haproxy": "remove `http-request set-header Origin` and `del-header Origin`",
		"caddy":   "remove `header_up Origin` and `header_up -Origin`",
		"apache":  "remove `RequestHeader unset Origin`",
	},
	"proxy_drops_set_cookie": {
		"nginx":   "remove `proxy_hide_header Set-Cookie;`, and Set-Cookie from proxy_ignore_headers",
		"haproxy": "remove `http-response del-header Set-Cookie`", "caddy": "remove `header_down -Set-Cookie`",
		"apache":     "remove `Header unset Set-Cookie`",
		"cloudflare": "do not cache /login and /api/ (Cache Rules: Bypass cache)",
	},
	"proxy_rewrites_cookies": {
		"nginx":   "remove proxy_cookie_domain, proxy_cookie_path and proxy_cookie_flags (or set them `off`)",
		"haproxy": "remove `http-response replace-header Set-Cookie` and `replace-value`",
		"caddy":   "remove `header_down Set-Cookie`",
		"apache":  "remove ProxyPassReverseCookieDomain, ProxyPassReverseCookiePath and `Header edit Set-Cookie`",
		"traefik": "remove the plugin or middleware that rewrites Set-Cookie",
	},
	"proxy_referrer_policy": {
		"nginx":   "remove `add_header Referrer-Policy no-referrer`",
		"haproxy": "remove `http-response set-header Referrer-Policy`",
		"caddy":   "remove `header Referrer-Policy`", "apache": "remove `Header set Referrer-Policy`",
		"traefik": "remove referrerPolicy from the headers middleware",
	},
	"proxy_strips_security_headers": {
		"nginx":   "remove `proxy_hide_header` of the headers named above",
		"haproxy": "remove `http-response del-header` of the headers named above",
		"caddy":   "remove `header_down -…` of the headers named above",
		"apache":  "remove `Header unset` of the headers named above",
	},
	"client_address_spoofable": {
		"nginx":   "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Real-IP $remote_addr;",
		"haproxy": "option forwardfor (without if-none), or http-request set-header X-Forwarded-For %[src]",
		"caddy":   "remove `header_up X-Forwarded-For …`, and limit trusted_proxies to real proxies",
		"traefik": "remove forwardedHeaders.insecure of the entry point", "envoy": "use_remote_address: true",
	},
	"forwarded_headers_missing": {
		"nginx":   "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;",
		"haproxy": "option forwardfor",
		"caddy":   "remove `header_up -X-Forwarded-For`",
		"envoy":   "use_remote_address: true",
		"apache":  "ProxyAddHeaders On",
	},
	"forwarded_header_family": {
		"nginx":   "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
		"haproxy": "option forwardfor in place of option forwarded", "caddy": "remove `header_up -X-Forwarded-For`",
	},
	"forwarded_proto_wrong": {
		"nginx":   "proxy_set_header X-Forwarded-Proto $scheme; behind another proxy that ends TLS: $http_x_forwarded_proto",
		"haproxy": "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
		"caddy":   "behind another proxy: servers { trusted_proxies static ADDRESS }",
		"apache":  "RequestHeader set X-Forwarded-Proto https",
	},
	"proxy_not_trusted": {},
	"proxy_answers_itself": {
		"nginx":      "look for limit_except, deny, auth_basic, return and try_files in the location that serves /api/",
		"haproxy":    "look for `http-request deny`, `http-request auth` and `http-request return`",
		"caddy":      "look for respond, basicauth, forward_auth and matchers by method",
		"cloudflare": "look at Security > Events for the rule that answered, and skip it for /api/v1/auth/*",
	},
	"proxy_changes_method": {
		"nginx":   "remove proxy_method",
		"haproxy": "remove `http-request set-method`",
		"caddy":   "remove `method` in reverse_proxy or before it",
	},
	"proxy_changes_path": {
		"nginx":   "proxy_pass http://UPSTREAM; without a slash or path behind it, and no rewrite",
		"haproxy": "remove http-request set-path, replace-path and set-uri",
		"caddy":   "use handle in place of handle_path; remove uri and rewrite",
		"traefik": "remove the stripPrefix, addPrefix or replacePath middleware",
		"apache":  "ProxyPass / http://UPSTREAM/ with the same path on both sides, nocanon",
	},
	"proxy_changes_query": {
		"nginx":   "proxy_pass without $uri; where it must have a path: $uri$is_args$args",
		"haproxy": "remove http-request set-query and replace-uri",
		"caddy":   "remove rewrite and uri",
	},
	"proxy_changes_body": {
		"nginx":   "remove proxy_set_body, `proxy_pass_request_body off` and `proxy_set_header Content-Type`",
		"haproxy": "remove http-request set-header Content-Type",
		"caddy":   "remove header_up Content-Type and request_body",
	},
	"proxy_changes_answers": {
		"nginx":      "remove sub_filter",
		"apache":     "remove mod_substitute and mod_proxy_html",
		"cloudflare": "switch off Email Obfuscation, Rocket Loader and Auto Minify for this host",
	},
	"proxy_limits_body": {
		"nginx": "client_max_body_size 128k;", "caddy": "request_body { max_size 128KB }",
		"haproxy": "remove http-request deny if { req.body_size gt … }", "apache": "LimitRequestBody 131072",
		"traefik": "maxRequestBodyBytes: 131072 in the buffering middleware",
	},
	"proxy_limits_headers": {
		"nginx":   "proxy_buffer_size 16k; proxy_buffers 8 16k; proxy_busy_buffers_size 32k; large_client_header_buffers 4 16k;",
		"haproxy": "tune.bufsize 32768",
		"apache":  "LimitRequestFieldSize 16380",
		"caddy":   "servers { max_header_size 64KB }",
		"envoy":   "max_request_headers_kb: 60",
	},
	"cache_serves_auth": {
		"nginx":      "proxy_cache off; and no proxy_ignore_headers, no expires, for this host",
		"haproxy":    "remove http-request cache-use and http-response cache-store",
		"caddy":      "remove cache and header Cache-Control",
		"cloudflare": "Cache Rules: Bypass cache for this host", "apache": "CacheDisable /",
	},
	"proxy_changes_status": {
		"nginx":   "proxy_intercept_errors off; and no error_page for 401, 403, 404 and 422",
		"caddy":   "remove handle_response and handle_errors",
		"haproxy": "remove http-response return and http-response set-status",
		"traefik": "remove the errors middleware", "apache": "ProxyErrorOverride Off",
	},
	"nodes_differ": {},
	"answers_come_and_go": {
		"nginx":   "start the server that is away, or let nginx go on to the next: proxy_next_upstream error timeout;",
		"haproxy": "start the server that is away, and let HAProxy notice: option httpchk GET /api/health/ready, and `check` behind each server",
		"caddy":   "start the server that is away, and let Caddy notice: health_uri /api/health/ready, lb_try_duration 2s, fail_duration 10s",
	},
}
