package faultlab

func nginxInjections() []injection {
	return []injection{
		throughProxy("D2", "nginx empties X-CSRF-TOKEN", "proxy_strips_csrf_header", nginx(`proxy_set_header X-CSRF-TOKEN "";`)),
		throughProxy("D2", "nginx writes a constant over X-CSRF-TOKEN", "proxy_strips_csrf_header", nginx(`proxy_set_header X-CSRF-TOKEN "0";`)),
		throughProxy("D2", "nginx hands on no header of the request", "proxy_strips_headers", nginx(`proxy_pass_request_headers off;`)),
		throughProxy("D1", "nginx hides Set-Cookie", "proxy_drops_set_cookie", nginx(`proxy_hide_header Set-Cookie;`)),
		throughProxy("D1", "nginx gives cookies a Path of their own", "proxy_rewrites_cookies", nginx(`proxy_cookie_path / /auth/;`)),
		throughProxy("D1", "nginx adds Secure and SameSite=None", "proxy_rewrites_cookies", nginx(`proxy_cookie_flags ~ secure samesite=none;`)),
		throughProxy("D2", "nginx hands no cookie on", "proxy_strips_cookies", nginx(`proxy_set_header Cookie "";`)),
		throughProxy("D3", "nginx asks by the name of the upstream", "proxy_rewrites_host", nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
}`, "")),
		throughProxy("D3", "nginx empties Origin", "proxy_rewrites_origin", nginx(`proxy_set_header Origin "";`)),
		throughProxy("D3", "nginx sends Origin of the upstream", "proxy_rewrites_origin", nginx(`proxy_set_header Origin http://UPSTREAM;`)),
		throughProxy("D3", "nginx adds Referrer-Policy: no-referrer", "proxy_referrer_policy", nginx(`add_header Referrer-Policy no-referrer always;`)),
		throughProxy("D16", "nginx empties Authorization", "proxy_strips_authorization", nginx(`proxy_set_header Authorization "";`)),
		throughProxy("D16", "nginx shows a password of its own to the upstream", "proxy_strips_authorization", nginx(`proxy_set_header Authorization "Basic b3duOnBhc3N3b3Jk";`)),
		throughProxy("D22", "nginx lets X-Forwarded-For of the client stand", "client_address_spoofable", nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
}`, "")),
		throughProxy("D22", "nginx believes X-Real-IP of anybody", "client_address_spoofable", nginxSite(`set_real_ip_from 127.0.0.0/8;
real_ip_header X-Real-IP;
location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $remote_addr;
}`, "")),
		throughProxy("D22", "nginx empties X-Forwarded-For", "forwarded_headers_missing", nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For "";
}`, "")),
		throughProxy("D4", "nginx sends Forwarded in place of X-Forwarded-For", "forwarded_header_family", nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For "";
proxy_set_header Forwarded "for=$remote_addr;proto=$scheme";
}`, "")),
		throughProxy("D4", "nginx names another scheme", "forwarded_proto_wrong", nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto https;
}`, "")),
		throughProxy("D20", "nginx has 1 KiB for the headers of an answer", "proxy_limits_headers", nginx("proxy_buffer_size 1500;\nproxy_buffers 8 1500;\nproxy_busy_buffers_size 3000;")),
		throughProxy("D20", "nginx has less room than any answer takes", "proxy_limits_headers", nginx("proxy_buffer_size 1k;\nproxy_buffers 8 1k;\nproxy_busy_buffers_size 2k;")),
		throughProxy("D20", "nginx has 512 bytes for the headers of an answer", "proxy_limits_headers", nginx("proxy_buffer_size 512;\nproxy_buffers 8 512;\nproxy_busy_buffers_size 1024;")),
		throughProxy("D2", "nginx empties X-CSRF-TOKEN at the sign-in alone", "proxy_strips_csrf_header", nginxSite(`location / {
proxy_pass http://UPSTREAM;
`+passing+`}
location = /api/v1/auth/jwt/login {
proxy_pass http://UPSTREAM;
`+passing+`proxy_set_header X-CSRF-TOKEN "";
}`, "")),
		throughProxy("answers", "nginx sends answers as text", "proxy_changes_answers", nginx("proxy_hide_header Content-Type;\nadd_header Content-Type text/plain always;")),
		throughProxy("D24", "nginx keeps the token alone", "cache_serves_auth", nginxSite(`location / {
proxy_pass http://UPSTREAM;
`+passing+`}
location /api/v1/auth/csrf-token {
proxy_pass http://UPSTREAM;
`+passing+`proxy_cache all;
proxy_cache_valid any 10s;
proxy_cache_min_uses 2;
proxy_ignore_headers Cache-Control Set-Cookie Vary Expires;
}`, "proxy_cache_path {{folder}}/cache keys_zone=all:1m;")),
		throughProxy("D20", "nginx has 2 KiB for a header of a request", "proxy_limits_headers", nginxSite(`large_client_header_buffers 4 2k;
location / {
proxy_pass http://UPSTREAM;
`+passing+`}`, "")),
		throughProxy("body", "nginx takes 4 KiB", "proxy_limits_body", nginx(`client_max_body_size 4k;`)),
		throughProxy("body", "nginx sends another Content-Type", "proxy_changes_body", nginx(`proxy_set_header Content-Type application/x-www-form-urlencoded;`)),
		throughProxy("body", "nginx sends a body of its own", "proxy_changes_body", nginx(`proxy_set_body "{}";`)),
		throughProxy("method", "nginx makes every request a GET", "proxy_changes_method", nginxSite(`location / {
proxy_pass http://UPSTREAM;
`+passing+`}
location /api/v1/auth/echo {
proxy_pass http://UPSTREAM;
proxy_method GET;
`+passing+`}`, "")),
		throughProxy("method", "nginx refuses all but GET and POST", "proxy_answers_itself", nginxSite(`location / {
proxy_pass http://UPSTREAM;
`+passing+`limit_except GET POST { deny all; }
}`, "")),
		throughProxy("path", "nginx takes /api/v1/users off", "proxy_changes_path", nginxSite(`location / {
proxy_pass http://UPSTREAM;
`+passing+`}
location /api/v1/users/ {
proxy_pass http://UPSTREAM/;
`+passing+`}`, "")),
		throughProxy("path", "nginx takes /api off", "proxy_changes_path", nginxSite(`location / {
proxy_pass http://UPSTREAM;
`+passing+`}
location /api/ {
proxy_pass http://UPSTREAM/;
`+passing+`}`, "")),
		throughProxy("path", "nginx puts /auth before every path", "proxy_changes_path", nginxSite("location / {\nproxy_pass http://UPSTREAM/auth/;\n"+passing+"}", "")),
		throughProxy("method", "nginx sends every request as POST", "proxy_changes_method", nginx("proxy_method POST;")),
		throughProxy("D22", "nginx adds a hop of its own invention", "proxy_not_trusted", nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For "$remote_addr, 10.0.0.1";
}`, "")),
		throughProxy("query", "nginx loses what stands behind the path", "proxy_changes_query", nginxSite("location / {\nproxy_pass http://UPSTREAM$uri;\n"+passing+"}", "")),
		throughProxy("query", "nginx drops the query", "proxy_changes_query", nginxSite(`location / {
rewrite ^(.*)$ $1? break;
proxy_pass http://UPSTREAM;
`+passing+`}`, "")),
		throughProxy("D24", "nginx keeps every answer for a second", "cache_serves_auth", nginxSite(`location / {
proxy_pass http://UPSTREAM;
`+passing+`proxy_cache all;
proxy_cache_valid any 10s;
proxy_ignore_headers Cache-Control Set-Cookie Vary Expires;
}`, "proxy_cache_path {{folder}}/cache keys_zone=all:1m;")),
		throughProxy("D24", "nginx makes answers public", "cache_serves_auth", nginx("proxy_hide_header Cache-Control;\nadd_header Cache-Control \"public, max-age=60\" always;")),
		throughProxy("headers", "nginx hides what protects pages", "proxy_strips_security_headers", nginx("proxy_hide_header Content-Security-Policy;\nproxy_hide_header X-Frame-Options;")),
		throughProxy("status", "nginx puts a page in place of 401", "proxy_changes_status", nginx("proxy_intercept_errors on;\nerror_page 401 =200 /login;")),
		throughProxy("status", "nginx puts its own page in place of refusals", "proxy_changes_status", nginx("proxy_intercept_errors on;\nerror_page 401 403 /denied.html;")),
		throughProxy("answers", "nginx replaces words in JSON", "proxy_changes_answers", nginx("proxy_set_header Accept-Encoding \"\";\nsub_filter_types *;\nsub_filter aiwfe-probe-path probe;\nsub_filter_once off;")),
	}
}
