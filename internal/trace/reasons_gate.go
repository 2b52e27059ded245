package trace

// tryRule is how to see what the rules say; explain puts in what it knows.
var tryRule = []string{"aiwfe-auth policy check --user ADDRESS --url https://HOST/PATH", "aiwfe-auth policy show"}

var lookUpstream = []string{"aiwfe-auth doctor", "aiwfe-auth config show"}

// gateReasons are of requests for applications: why the rules let nobody
// through, and why an application did not answer.
var gateReasons = map[string]words{
	"no_rule":            {"No rule is about this place", "No rule of POLICY_FILE is about the host, path and method, and what no rule is about is closed. Without POLICY_FILE only the hosts of PUBLIC_URL, CORS_ORIGINS and UPSTREAMS are open, to whoever is signed in.", "If people should get there, write a rule for the place, or list its origin in CORS_ORIGINS; the first rule that fits decides.", tryRule},
	"path_ambiguous":     {"The address can be read in two ways", "The path has dots, slashes or other characters that servers read differently, or another rule is about it as some of them read it: in other case, or without what follows a semicolon. A rule would be judged for one place, and the application would serve another, so it is refused.", "An honest link does not look so: mend the page that it is on. If two rules differ in the case of their paths alone, write them in one.", []string{"aiwfe-auth policy check --url 'https://HOST/PATH'", "aiwfe-auth policy show"}},
	"host_ambiguous":     {"The host of the address cannot be read", "The Host header is no name or address as browsers write them, or there is more than one.", "A browser sends no such thing. If everybody is struck, the proxy changes Host.", lookOutside},
	"rule_allows_nobody": {"A rule closes this place", "The rule that is about the place lets nobody in, whoever it is.", "If somebody should get there, write a rule for those before the one that closes it.", tryRule},
	"not_signed_in":      {"The place is for people who are signed in", "The rule asks for somebody who is signed in, and nobody was.", "The person signs in. If it was done before, see that the cookie reaches the host of the application.", tryRule},
	"role_missing":       {"The account does not have the role that the rule asks for", "The person is signed in, and the rule that is about the place is for other roles.", "Give the account the role if it should have it, or widen the rule.", append([]string{"aiwfe-auth user show --email ADDRESS", "aiwfe-auth user set-role --email ADDRESS --role admin"}, tryRule...)},
	"proof_too_weak":     {"The place asks for a stronger proof", "The person is signed in, and not by what the rule asks for: a second factor, or a passkey or security key. What was proven last counts.", "The person proves it again in that way, at /reauth or by signing in anew; if there is no such factor yet, it is added on the account page.", append([]string{"aiwfe-auth user show --email ADDRESS"}, tryRule...)},
	"proof_too_old":      {"The last proof is too long ago for this place", "The rule asks for a full proof within a time, and the last one is older. A password alone on a trusted device is none.", "The person proves once more who it is; the time is fresh in the rule.", tryRule},
	"gateway_origin":     {"A page of another site made the request", "The request changes something and came from a page that is neither of the application nor of an origin in CORS_ORIGINS, so it is not done in the name of the person.", "If the page is yours, list its origin in CORS_ORIGINS. Otherwise the refusal is what protects the person.", []string{"aiwfe-auth config show"}},

	"forward_host_not_listed":  {"Nobody may be led back to this host after signing in", "The proxy asked about a host that is no origin of CORS_ORIGINS. We redirect to no host that nobody named, since a stranger could have written it.", "Add the origin of the application to CORS_ORIGINS.", []string{"aiwfe-auth doctor", "aiwfe-auth config show", "aiwfe-auth policy check --url https://HOST/"}},
	"forward_cookie_elsewhere": {"The session cookie does not come along to this host", "Signing in would not help: browsers do not send the cookie to this host, so the person would be sent to and fro for ever.", "Set COOKIE_DOMAIN to a domain that PUBLIC_URL and the application have in common.", []string{"aiwfe-auth doctor", "aiwfe-auth config show", "aiwfe-auth policy check --url https://HOST/"}},
	"forward_headers_wrong":    {"The proxy does not say clearly what it asks about", "A question of forward-auth lacked a header, had it twice, or had those of two proxies.", "Compare the configuration of the proxy with the one that is printed for it, and see that clients cannot send these headers.", []string{"aiwfe-auth proxy nginx", "aiwfe-auth doctor"}},

	"application_unreachable": {"The application does not answer", "No connection to the application behind this server could be made.", "Start the application, or correct UPSTREAM_URL or UPSTREAMS.", lookUpstream},
	"upstream_down":           {"The application was found to be away", "Several connections to the application failed just before, so this request was not tried.", "Start the application, or correct UPSTREAM_URL or UPSTREAMS.", lookUpstream},
	"upstream_no_answer":      {"The application broke the connection off", "The application took the request and closed the connection without an answer.", "Look into the log of the application at this moment.", lookUpstream},
	"upstream_broke_off":      {"The application broke off its answer", "The answer of the application ended before it was whole, or the client went away.", "Look into the log of the application at this moment.", lookUpstream},
	"role_changed":            {"The role of the account was changed", "What was under way to an application was cut, since it had been told another role.", "", nothing},
	"body_stalled":            {"The client stopped in the middle of a body", "Nothing of the body of the request came for a minute, so that it was given up.", "", nothing},
	"body_broken":             {"The body of the request broke off", "The client went away, or what it sent is not chunked as HTTP asks for. The application has seen a part of it.", "", nothing},
	"gateway_full":            {"As much is under way to applications as there is room for", "Each request under way to an application takes two file descriptors, and a third of what this process may open is for those. All strangers together get half of it.", "Raise the limit of open files (LimitNOFILE in the unit, ulimit -n), or find out what is held open.", lookUpstream},
	"too_many_open":           {"One person has too much open at once", "A person may have a quarter of what may be under way to applications, and at least 64 requests, WebSockets and streams among them.", "Look what this person's pages and programs keep open. Raise the limit of open files if they need it.", lookUpstream},
	"method_not_passed":       {"", "CONNECT and TRACE are handed on to no application.", "", nothing},
}
