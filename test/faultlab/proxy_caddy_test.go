package faultlab

func caddyInjections() []injection {
	return []injection{
		throughProxy("D2", "Caddy removes X-CSRF-TOKEN", "proxy_strips_csrf_header", caddy("", "header_up -X-CSRF-TOKEN")),
		throughProxy("D2", "Caddy removes the cookies", "proxy_strips_cookies", caddy("", "header_up -Cookie")),
		throughProxy("D1", "Caddy removes Set-Cookie", "proxy_drops_set_cookie", caddy("", "header_down -Set-Cookie")),
		throughProxy("D1", "Caddy renames cookies", "proxy_rewrites_cookies", caddy("", "header_down Set-Cookie ^aiwfe_ app_")),
		throughProxy("D3", "Caddy asks by the name of the upstream", "proxy_rewrites_host", caddy("", "header_up Host upstream.internal:80")),
		throughProxy("D3", "Caddy writes another Origin", "proxy_rewrites_origin", caddy("", "header_up Origin http://upstream.internal")),
		throughProxy("D3", "Caddy sets Referrer-Policy: no-referrer", "proxy_referrer_policy", caddy("", "header_down Referrer-Policy no-referrer")),
		throughProxy("D16", "Caddy removes Authorization", "proxy_strips_authorization", caddy("request_header -Authorization", "")),
		throughProxy("D22", "Caddy hands on what the client says", "client_address_spoofable", caddy("", "header_up X-Forwarded-For {http.request.header.X-Real-IP}")),
		throughProxy("D22", "Caddy sends no X-Forwarded-For", "forwarded_headers_missing", caddy("", "header_up -X-Forwarded-For")),
		throughProxy("D4", "Caddy names another scheme", "forwarded_proto_wrong", caddy("", "header_up X-Forwarded-Proto https")),
		throughProxy("body", "Caddy takes 8 KB", "proxy_limits_body", caddy("request_body {\nmax_size 8KB\n}", "")),
		throughProxy("body", "Caddy sends no Content-Type", "proxy_changes_body", caddy("", "header_up -Content-Type")),
		throughProxy("method", "Caddy answers DELETE itself", "proxy_answers_itself", caddy("@not method DELETE\nrespond @not 403", "")),
		throughProxy("path", "Caddy takes /login off", "proxy_changes_path", caddy("uri strip_prefix /account", "")),
		throughProxy("D24", "Caddy makes answers public", "cache_serves_auth", caddy("", "header_down Cache-Control \"public, max-age=60\"")),
		throughProxy("headers", "Caddy removes the policy", "proxy_strips_security_headers", caddy("header -Content-Security-Policy", "")),
		throughProxy("status", "Caddy answers 401 with a page", "proxy_changes_status", caddy("", "@no status 401\nhandle_response @no {\nrespond \"Please sign in\" 200\n}")),
	}
}
