package faultlab

func haproxyInjections() []injection {
	return []injection{
		throughProxy("D2", "HAProxy deletes X-CSRF-TOKEN", "proxy_strips_csrf_header", haproxy("  http-request del-header X-CSRF-TOKEN")),
		throughProxy("D2", "HAProxy deletes whatever begins with X-C", "proxy_strips_csrf_header", haproxy("  http-request del-header x-c -m beg")),
		throughProxy("D2", "HAProxy lets one cookie pass", "proxy_strips_cookies", haproxy("  http-request replace-header Cookie .*(aiwfe_csrf=[^;]*).* \\1")),
		throughProxy("D1", "HAProxy deletes Set-Cookie", "proxy_drops_set_cookie", haproxy("  http-response del-header Set-Cookie")),
		throughProxy("D1", "HAProxy writes another Domain", "cookie_domain_mismatch", haproxy("  http-response replace-header Set-Cookie (.*) \"\\1; Domain=example.com\"")),
		throughProxy("D1", "HAProxy takes HttpOnly and SameSite off", "proxy_rewrites_cookies", haproxy("  http-response replace-header Set-Cookie ([^;]*);.* \"\\1; Path=/\"")),
		throughProxy("D3", "HAProxy writes another Host", "proxy_rewrites_host", haproxy("  http-request set-header Host backend.internal")),
		throughProxy("D3", "HAProxy deletes Origin", "proxy_rewrites_origin", haproxy("  http-request del-header Origin")),
		throughProxy("D3", "HAProxy sets Referrer-Policy: no-referrer", "proxy_referrer_policy", haproxy("  http-response set-header Referrer-Policy no-referrer")),
		throughProxy("D16", "HAProxy deletes Authorization", "proxy_strips_authorization", haproxy("  http-request del-header Authorization")),
		throughProxy("D22", "HAProxy adds X-Forwarded-For if there is none", "client_address_spoofable", haproxy("  option forwardfor if-none")),
		throughProxy("D22", "HAProxy sends no X-Forwarded-For", "forwarded_headers_missing", haproxyBare("  http-request del-header X-Forwarded-For")),
		throughProxy("D20", "HAProxy refuses long cookies", "proxy_limits_headers", haproxy("  http-request deny deny_status 400 if { req.hdr(cookie),length gt 1024 }")),
		throughProxy("body", "HAProxy refuses long bodies", "proxy_limits_body", haproxy("  http-request deny deny_status 413 if { req.body_size gt 16384 }")),
		throughProxy("body", "HAProxy sends JSON as a form", "proxy_changes_body", haproxy("  http-request set-header Content-Type application/x-www-form-urlencoded if { req.hdr(content-type) -m sub json }")),
		throughProxy("method", "HAProxy refuses DELETE and PATCH", "proxy_answers_itself", haproxy("  http-request deny deny_status 405 if { method DELETE PATCH }")),
		throughProxy("method", "HAProxy sends POST in place of DELETE", "proxy_changes_method", haproxy("  http-request set-method POST if { method DELETE }")),
		throughProxy("method", "HAProxy refuses whoever carries a token", "proxy_answers_itself", haproxy("  http-request deny if { req.fhdr_cnt(authorization) gt 0 }")),
		throughProxy("method", "HAProxy refuses whoever carries cookies", "proxy_answers_itself", haproxy("  http-request deny if { req.fhdr_cnt(cookie) gt 0 }")),
		throughProxy("body", "HAProxy refuses forms", "proxy_answers_itself", haproxy("  http-request deny if { req.hdr(content-type) -m sub form }")),
		throughProxy("path", "HAProxy writes paths in lower case", "proxy_changes_path", haproxy("  http-request set-path %[path,lower]")),
		throughProxy("answers", "HAProxy calls plain answers compressed", "proxy_changes_answers", haproxy("  http-response set-header Content-Encoding gzip")),
		throughProxy("D2", "HAProxy adds another X-CSRF-TOKEN", "proxy_strips_csrf_header", haproxy("  http-request add-header X-CSRF-TOKEN 1")),
		throughProxy("path", "HAProxy puts /auth before the pages", "proxy_changes_path", haproxy("  http-request set-path /auth%[path] if { path_beg /account }")),
		throughProxy("query", "HAProxy adds a parameter", "proxy_changes_query", haproxy("  http-request set-query %[query]&key=of-the-proxy if { query -m found }")),
		throughProxy("D24", "HAProxy makes answers public", "cache_serves_auth", haproxy("  http-response set-header Cache-Control \"public, max-age=300\"")),
		throughProxy("headers", "HAProxy deletes what protects pages", "proxy_strips_security_headers", haproxy("  http-response del-header X-Content-Type-Options\n  http-response del-header Cross-Origin-Opener-Policy")),
		throughProxy("status", "HAProxy redirects whoever is not signed in", "proxy_changes_status", haproxy("  http-response set-status 302 if { status 401 }\n  http-response set-header Location /login if { status 302 }")),
	}
}
