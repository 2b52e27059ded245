package proxyconf

// Identity are the headers of an answer that tell an application who it is; the
// gateway's list, which a test compares.
var Identity = []string{
	"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups",
	"X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups",
	"X-Auth-Session-Id", "X-Auth-Assertion",
}

// Claims are headers of other products that applications take for who it is.
// Nobody sets them here, so no client may.
var Claims = []string{
	"X-Auth-Request-Preferred-Username", "X-Auth-Request-Access-Token",
	"X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Preferred-Username", "X-Forwarded-Access-Token",
	"X-Remote-User", "X-Remote-Email", "X-Remote-Name", "X-Remote-Groups", "X-Webauth-User", "X-Webauth-Email", "X-Webauth-Name",
	"X-Webauth-Groups", "X-Authentik-Username", "X-Authentik-Email", "X-Authentik-Name", "X-Authentik-Groups", "X-Authentik-Uid",
	"X-User", "X-User-Id", "X-User-Email", "Remote",
	"X-Goog-Iap-Jwt-Assertion", "X-Goog-Authenticated-User-Email", "X-Goog-Authenticated-User-Id",
	"Cf-Access-Jwt-Assertion", "Cf-Access-Authenticated-User-Email",
}

// Misleading are headers by which servers let themselves be told another path,
// host or method than the one that was judged.
var Misleading = []string{
	"X-Original-Url", "X-Original-Uri", "X-Original-Method", "X-Original-Host", "X-Rewrite-Url", "X-Forwarded-Uri", "X-Forwarded-Method",
	"X-Forwarded-Prefix", "X-Forwarded-Port", "X-Forwarded-Server", "X-Http-Method", "X-Http-Method-Override", "X-Method-Override", "X-Host", "Forwarded",
}

// Asked are the headers that Envoy hands on with its question, beside the method,
// host and path: who asks, how, and by which page.
var Asked = []string{
	"cookie", "authorization", "accept", "accept-language", "user-agent", "origin", "upgrade", "x-requested-with",
	"x-forwarded-for", "x-forwarded-proto", "x-request-id",
}

// Odd are what the name of a header may be made of beside letters, digits and
// hyphens. Some servers take them for hyphens: most the underscore, lighttpd all.
var Odd = []string{"_", ".", "!", "#", "$", "%", "&", "'", "*", "+", "^", "`", "|", "~"}
