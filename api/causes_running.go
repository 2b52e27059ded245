package api

// runningCauses are seen while the server runs. Those with Last are effects that
// many causes have: found beside one that the probes can name, they are its.
var runningCauses = map[Cause]CauseInfo{
	"cookie_not_returned": {
		Severity: Serious, Title: "Browsers do not send our cookies back", Last: true,
		Meaning: "Browsers are given a cookie and come back without it, whoever they are. People sign in and see the login page again, " +
			"or are told that the security token of the form is not theirs.",
		Remedy: "Open PUBLIC_URL itself (scheme, host and port must be the same), and have the proxy pass Cookie and Set-Cookie on unchanged.",
		Commands: []string{
			"aiwfe-auth doctor", "aiwfe-auth config show",
		},
	},
	"unknown_key_tokens": {
		Severity: Serious, Title: "Tokens arrive that an unknown key signed", Last: true,
		Meaning: "Several clients hold tokens of a key that this server does not have: the key was changed or made anew at the start, " +
			"or another server has another one. They are signed out until they sign in again.",
		Remedy:   "Keep the old key in JWT_PREVIOUS_SECRET_KEYS while its tokens live, and give every server the same keys.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth nodes list"},
	},
	"refresh_races": {
		Severity: Serious, Title: "A client uses its refresh tokens twice",
		Meaning: "Two tabs or two requests of one client refresh at the same time, or it repeats a refresh long after, with the token of before. " +
			"The second use looks like a theft, and the session is ended: people are signed out at random.",
		Remedy: "Have the client make one refresh at a time (a lock over all tabs) and keep the new token before it goes on. " +
			"REFRESH_GRACE is how long a repeated refresh of the same device is forgiven.",
		Commands: []string{"aiwfe-auth audit list --event refresh_reuse", "aiwfe-auth config show"},
	},
	"old_form_tokens": {
		Severity: Serious, Title: "Clients still use tokens of the old form",
		Meaning: "Clients show rightly signed tokens of the system before this one, which are refused. " +
			"People of those clients are signed out, though their token has not expired.",
		Remedy: "Have these clients sign in anew, or accept the old form for a while: LEGACY_TOKENS=accept and LEGACY_TOKENS_UNTIL, " +
			"at most 90 days ahead.",
		Commands: []string{"aiwfe-auth token inspect -", "aiwfe-auth config show"},
	},
	"old_form_tokens_end_soon": {
		Severity: Warning, Title: "Tokens of the old form end soon, and clients still use them",
		Meaning:  "LEGACY_TOKENS_UNTIL is near. From then on the clients named in the evidence are signed out.",
		Remedy:   "Move these clients to the tokens that this server gives out, or set a later LEGACY_TOKENS_UNTIL.",
		Commands: []string{"aiwfe-auth audit list --event legacy_session"},
	},
	"wrong_body_type": {
		Severity: Serious, Title: "Sign-ins are sent in a form that is not read", Last: true,
		Meaning: "Clients send the sign-in in another form than the address takes, a form where JSON is read or the other way round, " +
			"and get 415 or 422 whatever the password is.",
		Remedy:   "Send JSON with email and password and Content-Type: application/json, or the OAuth2 form with username and password.",
		Commands: []string{"aiwfe-auth audit list --event request_refused"},
	},
	"origin_refused_everybody": {
		Severity: Serious, Title: "Requests of a front end are refused for its origin", Last: true,
		Meaning: "Nearly all requests come from an origin that is neither PUBLIC_URL nor in CORS_ORIGINS, so they are refused: " +
			"the front end stands elsewhere than the settings say.",
		Remedy:   "Put the origin of the front end into CORS_ORIGINS if it is yours, or set PUBLIC_URL to it, and restart.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth audit list --event request_refused"},
	},
	"csrf_refused_everybody": {
		Severity: Serious, Title: "Nearly every form is refused for its CSRF token", Last: true,
		Meaning:  "Forms of several clients are refused for their CSRF token, and hardly one passes. Nobody can sign in by the page.",
		Remedy:   "The evidence says what is wrong with the tokens. The doctor looks at the way from the browser to here.",
		Commands: []string{"aiwfe-auth doctor", "aiwfe-auth audit list --event request_refused"},
	},
	"reload_refused": {
		Severity: Warning, Title: "A new configuration is refused, and the server goes on with the old one",
		Meaning: "The server read its configuration anew, by SIGHUP or because a file of it was changed, and there is a fault in it, or a " +
			"password or certificate of it is refused. Nothing of it was taken over: " +
			"people sign in as before, but what was to be changed is not, and the server would not start again with it.",
		Remedy:   "Mend the settings that the evidence names; a changed file is noticed by itself, else send SIGHUP once more. The log has a line for each fault.",
		Commands: []string{"aiwfe-auth config check", "kill -HUP $(pidof aiwfe-auth)"},
	},
	"guessing_wave": {
		Severity: Warning, Title: "Passwords of many accounts are being guessed from many networks",
		Meaning: "Within a minute sign-ins at many accounts failed, from many networks, and hardly any succeeded: somebody tries passwords " +
			"that were stolen elsewhere. Each account and each network is held to its limit, second factors are asked for as ever, and devices that " +
			"signed in before are not concerned; sign-ins may take longer, or be answered 503 for a moment.",
		Remedy: "Demand a second factor of everybody while it lasts (MFA_REQUIRED_ROLES=admin,user and SIGHUP), lower LOGIN_LIMIT_ADDRESS, " +
			"and look afterwards at the accounts that were signed in to meanwhile.",
		Commands: []string{"aiwfe-auth audit list --event login --outcome refused", "aiwfe-auth audit list --event login --outcome success"},
	},
	"locked_out_by_strangers": {
		Severity: Warning, Title: "Strangers lock people out",
		Meaning: "Accounts are shut after a hundred failures in a row, and others than those who failed stand before them: " +
			"somebody uses the limit to keep people out. Devices that signed in before are not concerned.",
		Remedy:   "Unlock the accounts, and have their owners sign in from a device that they used before or reset their password by mail.",
		Commands: []string{"aiwfe-auth audit list --event request_refused", "aiwfe-auth user unlock --email ADDRESS"},
	},
}
