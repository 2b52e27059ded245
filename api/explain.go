package api

// Explanation says what a code means to each reader of it. The pages in
// docs/errors/ and at /problems/<code> are made of it.
type Explanation struct {
	// Meaning is what happened.
	Meaning string
	// Person is what somebody who signs in, or whose program calls, does.
	Person string
	// Operator is what whoever runs the server looks at.
	Operator string
	// Commands are what the operator types, in the order in which they help;
	// none where nothing needs to be done.
	Commands []string
}

// byRequest tells why one answer was a refusal.
const byRequest = "aiwfe-auth explain REQUEST_ID"

// Explanations has one for each of Codes, which a test checks.
var Explanations = map[Code]Explanation{
	CodeBodyTooLarge: {
		Meaning:  "The body of the request is larger than the 64 KiB that this server reads. Nothing was changed.",
		Person:   "Send less. No endpoint needs a body of that size; a file sent by mistake is the usual cause.",
		Operator: "Find out which client sends it. A limit below 64 KiB at a proxy answers 413 as well, but without a request_id.",
		Commands: []string{byRequest},
	},
	CodeUnsupportedMediaType: {
		Meaning:  "The body was sent with a Content-Type that this endpoint does not read, or with a Content-Encoding.",
		Person:   "Send JSON with Content-Type: application/json, uncompressed. Signing in also takes the OAuth2 password form, application/x-www-form-urlencoded.",
		Operator: "A client that sends a form where JSON is expected is the usual cause. Compare what it sends with the API reference at /docs.",
		Commands: []string{byRequest},
	},
	CodeOriginNotAllowed: {
		Meaning:  "The browser says that the request was made by a page of another site, which this server does not let act for its users.",
		Person:   "Open this service by its own address and try again there. A program that is no browser sends neither Origin nor Sec-Fetch-Site.",
		Operator: "The reason in the audit tells which check refused. If the page is yours, its origin belongs in CORS_ORIGINS; if everybody is refused, PUBLIC_URL is not the address that people type, or a proxy rewrites Origin.",
		Commands: []string{byRequest, "aiwfe-auth config show", "aiwfe-auth config check"},
	},
	CodeCSRFTokenMissing: {
		Meaning:  "The request changes something, and it came without the CSRF token that proves that a page of this service sent it.",
		Person:   "Reload the page and try again. A program fetches a token from /api/v1/auth/csrf-token and sends it in the header X-CSRF-TOKEN.",
		Operator: "If it strikes every client behind one proxy, the proxy drops the header X-CSRF-TOKEN. Compare a request sent past the proxy with one sent through it.",
		Commands: []string{byRequest, "aiwfe-auth audit list --event request_refused"},
	},
	CodeCSRFTokenInvalid: {
		Meaning:  "The CSRF token does not belong to this browser, or was not made by this server. A blocked or lost cookie has the same effect.",
		Person:   "Allow cookies for this site, reload the page and try again. A program sends the cookie that came with the token.",
		Operator: "The reason tells the cases apart: csrf_cookie_missing is a cookie that did not come back, bound_elsewhere a token of another browser, signature_wrong a token of another key. Nodes that share a database must share DATA_ENCRYPTION_KEY.",
		Commands: []string{byRequest, "aiwfe-auth config check"},
	},
	CodeCSRFTokenExpired: {
		Meaning:  "The CSRF token is genuine but too old: the page was open for longer than a token lives.",
		Person:   "Reload the page and try again. Nothing that was typed elsewhere is lost.",
		Operator: "A token lives for CSRF_TTL. If fresh pages are refused too, the clocks of two nodes differ, or something in between caches the page.",
		Commands: []string{byRequest, "aiwfe-auth config show"},
	},
	CodeMalformedJSON: {
		Meaning:  "The body is not the JSON that this endpoint reads. It is read strictly: one object, each key once, in its exact case, and no unknown key.",
		Person:   "Compare the body with the API reference at /docs. The detail of the answer says which rule was broken.",
		Operator: "This is a fault of the client. The reason names the rule: json_syntax, json_unknown_key or json_not_an_object.",
		Commands: []string{byRequest},
	},
	CodeMalformedRequest: {
		Meaning:  "Something other than JSON could not be read: a form, a cursor, or a body that broke off.",
		Person:   "Send it again. A cursor is used exactly as a list gave it.",
		Operator: "With the reason body_unreadable the connection broke before the body was complete; look at time limits of the proxy. Otherwise it is a fault of the client.",
		Commands: []string{byRequest},
	},
	CodeValidationFailed: {
		Meaning:  "The request was read, but a field or a parameter is missing or holds a value that cannot be. The member errors names each field.",
		Person:   "Correct the fields named in the answer and send it again.",
		Operator: "Nothing needs to be done. Values are neither in the answer nor in the log.",
	},
	CodeTooManyAttempts: {
		Meaning:  "There were too many attempts to sign in at this account or from this network address, so the next ones are refused for a while, with the right password too.",
		Person:   "Wait for as long as the answer says and try again. If the password is forgotten, ask for a link to set a new one.",
		Operator: "The reason tells which limit was reached: account_limit, account_shut after 100 failures in a row, or address_limit. If all people share one limit, the proxy is missing from TRUSTED_PROXIES and everybody seems to come from its address.",
		Commands: []string{byRequest, "aiwfe-auth user unlock --email ADDRESS", "aiwfe-auth audit list --event login --outcome refused"},
	},
	CodeOverloaded: {
		Meaning:  "So many passwords are being checked that this one would have waited too long. It was not checked, and the attempt does not count.",
		Person:   "Try again in a moment. Whoever is signed in stays signed in.",
		Operator: "Look at the queue of the hash pool in /api/health/auth and at the metric aiwfe_auth_password_hash_queue. A flood of attempts is the usual cause; with honest load the machine needs more cores.",
		Commands: []string{byRequest, "aiwfe-auth audit list --event login --outcome refused"},
	},
	CodeDatabaseUnavailable: {
		Meaning:  "The server cannot reach its database at the moment. Nothing was changed and nobody is signed out.",
		Person:   "Try again in a moment. Stay signed in; there is no need to change anything.",
		Operator: "The log line with this request_id has the cause. Check that the database runs, that DATABASE_URL leads to it, and that it has connections to spare.",
		Commands: []string{"aiwfe-auth config check", "aiwfe-auth migrate status"},
	},
	CodeStorageFull: {
		Meaning:  "The disk of the database is full, so nothing can be written. A decision that cannot be written into the audit is not taken.",
		Person:   "Tell whoever runs this service; it cannot mend itself. Whoever is signed in stays signed in.",
		Operator: "Make room on the volume of DATA_DIR, or on that of PostgreSQL. The server goes on by itself.",
		Commands: []string{"aiwfe-auth config show"},
	},
	CodeUpstreamUnavailable: {
		Meaning:  "The application behind this server takes no connections, or broke one off before it answered. Whoever is signed in stays signed in.",
		Person:   "Try again in a moment. There is no need to sign in again.",
		Operator: "The log line with this request_id has the cause and names the application. Start it, and see that UPSTREAM_URL or UPSTREAMS leads to where it listens. With the reason upstream_down it was not asked, since it took no connection a moment ago; it is tried again all the time.",
		Commands: []string{byRequest, "aiwfe-auth config show"},
	},
	CodeUpstreamTimeout: {
		Meaning:  "The application behind this server took the request and did not begin to answer in time. It may have done what it was asked for.",
		Person:   "Look whether it was done before you send it again.",
		Operator: "Look into the log of the application. One that has good reasons to take longer gets the time by UPSTREAM_TIMEOUT; it counts until the first byte of the answer only.",
		Commands: []string{byRequest, "aiwfe-auth config show"},
	},
	CodeInvalidCredentials: {
		Meaning:  "This address and this password do not sign anybody in. The answer is the same for an unknown address, a wrong password and a closed account, so that nobody can find out who has an account.",
		Person:   "Check both and try again. Passwords are read exactly, blanks and case included. If it is forgotten, ask for a link to set a new one.",
		Operator: "The reason in the audit tells the cases apart: unknown_address, wrong_password, account_disabled, account_locked, account_pending, or a stored hash that cannot be used.",
		Commands: []string{byRequest, "aiwfe-auth user show --email ADDRESS", "aiwfe-auth user reset-password --email ADDRESS"},
	},
	CodeNotAuthenticated: {
		Meaning:  "The request needs somebody who is signed in, and it carries neither a session cookie nor a bearer token.",
		Person:   "Sign in. A program sends the header Authorization: Bearer TOKEN.",
		Operator: "If people sign in and are strangers at the next page, the cookie does not come back: compare the address they type with PUBLIC_URL and COOKIE_DOMAIN, and see that the proxy passes Authorization on.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth config check"},
	},
	CodeTokenExpired: {
		Meaning:  "The access token was genuine but has expired. Its session may still be alive.",
		Person:   "Fetch the next one from /api/v1/auth/jwt/refresh, or sign in again.",
		Operator: "A token lives for ACCESS_TOKEN_TTL. If fresh ones are refused, the clocks of two machines differ.",
		Commands: []string{"aiwfe-auth token inspect -", "aiwfe-auth config show"},
	},
	CodeTokenInvalid: {
		Meaning:  "The token is not one that this server gave out: it is damaged, signed by another key, or made for somebody else.",
		Person:   "Sign in again. A program sends the token exactly as it got it, without quotes or line breaks.",
		Operator: "The inspection says what is wrong with it. If everybody is struck at once, JWT_SECRET_KEY has changed: put the key before into JWT_PREVIOUS_SECRET_KEYS, and see that all nodes have the same.",
		Commands: []string{"aiwfe-auth token inspect -", "aiwfe-auth config check"},
	},
	CodeSessionEnded: {
		Meaning:  "The session is over: somebody signed out or ended it, it was idle for too long, it reached its age, or the account was closed.",
		Person:   "Sign in again. If you did not end it yourself, look at the list of your sessions, and change your password if you do not know one of them.",
		Operator: "The audit has the row by which it ended. The reason idle_end is SESSION_IDLE, absolute_end SESSION_MAX, ended_evicted SESSION_LIMIT; refresh_token_reused means that a used refresh token came back.",
		Commands: []string{"aiwfe-auth session list --email ADDRESS", "aiwfe-auth audit list --event session_ended", "aiwfe-auth audit list --event refresh_reuse"},
	},
	CodeLegacyTokenRetired: {
		Meaning:  "The token is of the old form, whose time is over on this server.",
		Person:   "Sign in again; the new token works as the old one did.",
		Operator: "Tokens of the old form were accepted until LEGACY_TOKENS_UNTIL. Clients that still hold one must sign in once.",
		Commands: []string{"aiwfe-auth token inspect -", "aiwfe-auth config show"},
	},
	CodeForbidden: {
		Meaning:  "Whoever asks is known, but may not do this.",
		Person:   "If you should be able to, ask an administrator. After a change of your role, fetch a new token.",
		Operator: "Administration needs the role admin and, with a bearer token, the scope admin in it.",
		Commands: []string{byRequest, "aiwfe-auth user show --email ADDRESS", "aiwfe-auth user set-role --email ADDRESS --role admin"},
	},
	CodeSessionLimitReached: {
		Meaning:  "The password is right, but the account is signed in on as many devices as are allowed.",
		Person:   "Sign out on one of them, then sign in again.",
		Operator: "SESSION_LIMIT is the number, and SESSION_LIMIT_POLICY=refuse is why the new one is refused; evict ends the oldest instead.",
		Commands: []string{"aiwfe-auth session list --email ADDRESS", "aiwfe-auth session revoke --email ADDRESS --all", "aiwfe-auth config show"},
	},
	CodeRegistrationClosed: {
		Meaning:  "New accounts are made by invitation here, or not at all.",
		Person:   "Ask an administrator for an invitation.",
		Operator: "REGISTRATION decides: closed, invite or open. An account can be made on the host at any time.",
		Commands: []string{"aiwfe-auth user create --email ADDRESS", "aiwfe-auth config show"},
	},
	CodeInvitationInvalid: {
		Meaning:  "The invitation was used before, has expired after 7 days, or is for another address.",
		Person:   "Ask the person who invited you for a new one. Each works once.",
		Operator: "A reset of the password of a pending account gives a new invitation. If links are used up before people open them, see whether a mail scanner presses the button of the page.",
		Commands: []string{"aiwfe-auth user reset-password --email ADDRESS"},
	},
	CodeSetupTokenInvalid: {
		Meaning:  "The link that makes the first administrator was used before, has expired after 24 hours, or an administrator exists already.",
		Person:   "Ask whoever runs the server for a fresh link.",
		Operator: "A fresh link is printed as long as no administrator has ever existed. If one exists, sign in as that person.",
		Commands: []string{"aiwfe-auth setup-link", "aiwfe-auth user list"},
	},
	CodeResetTokenInvalid: {
		Meaning:  "The link to set a new password was used before, has expired after an hour, or a newer one was made. The old password still works.",
		Person:   "Ask for a new link. Each works once, and only the newest one does.",
		Operator: "A link can be made on the host and handed to the person.",
		Commands: []string{"aiwfe-auth user reset-password --email ADDRESS"},
	},
	CodeUserAlreadyExists: {
		Meaning:  "There is an account with this address already. Upper and lower case make no difference.",
		Person:   "Sign in with it, or ask for a link to set a new password.",
		Operator: "An account that is pending or disabled has its address too.",
		Commands: []string{"aiwfe-auth user show --email ADDRESS"},
	},
	CodePasswordRefused: {
		Meaning:  "The new password cannot be used: it is too short, too common, or made of the address or the name. The old one still works.",
		Person:   "Choose one of at least 15 characters. A few words that do not belong together are good; digits and signs are not demanded.",
		Operator: "Nothing needs to be done. The rules are those of NIST SP 800-63B-4 and look at no network.",
	},
	CodeLastAdmin: {
		Meaning:  "The change would have left no administrator who can sign in, so it was not made.",
		Person:   "Make somebody else an administrator first.",
		Operator: "The command line on the host can make an administrator of any account.",
		Commands: []string{"aiwfe-auth user list", "aiwfe-auth user set-role --email ADDRESS --role admin"},
	},
	CodeInvalidCode: {
		Meaning:  "The second factor was not accepted: the code is wrong or was used already, or the passkey is not one of this account's.",
		Person:   "Wait for the next code of the app and enter that one. A backup code works too; each is good once.",
		Operator: "The reason in the audit tells the cases apart: totp_wrong, totp_step_spent for a code used before, totp_clock_off with how far the clock of the person's device is off, backup_code_spent, or passkey_ with what was wrong. Somebody who lost every factor is helped by a reset of them.",
		Commands: []string{byRequest, "aiwfe-auth audit list --event second_factor --outcome refused", "aiwfe-auth user reset-factors --email ADDRESS"},
	},
	CodeChallengeExpired: {
		Meaning:  "The sign-in that this step belongs to is over: it waited longer than 10 minutes, was finished in another tab, or began in another browser.",
		Person:   "Start again at the sign-in page. Nothing is lost.",
		Operator: "The reason tells which: challenge_unknown, challenge_spent, challenge_of_another_browser, or account_changed. If everybody is struck, the cookie of the challenge does not come back: compare the address they type with PUBLIC_URL.",
		Commands: []string{byRequest, "aiwfe-auth config show"},
	},
	CodeReauthRequired: {
		Meaning:  "The change is a sensitive one, and the last full proof of who asks is longer ago than REAUTH_WINDOW. A refresh and a sign-in on a trusted device are no full proof.",
		Person:   "Confirm that it is you with your password and second factor, or with a passkey, and do it again.",
		Operator: "A program sends POST /api/v1/auth/reauth first. A personal access token can never confirm anything.",
		Commands: []string{"aiwfe-auth config show"},
	},
	CodeForwardAuthUntrusted: {
		Meaning:  "Somebody asked by forward-auth whether a request may pass, and the connection does not come from an address in TRUSTED_PROXIES. What such a question says about a request counts from proxies alone.",
		Person:   "Open the application by its own address. Nobody needs this endpoint but the proxy in front of it.",
		Operator: "If the proxy itself is refused, add the address that it connects from to TRUSTED_PROXIES; the trace of the request names it. `aiwfe-auth proxy NAME --protect HOST=ADDRESS` prints the whole.",
		Commands: []string{byRequest, "aiwfe-auth config show", "aiwfe-auth doctor"},
	},
	CodeStrongerProof: {
		Meaning:  "A rule asks for a second factor, or for a passkey or security key, and this session did not begin by one.",
		Person:   "Sign out, and in again with a passkey, a security key or a code. If you have none yet, set one up at /account/security first.",
		Operator: "The rule's `proof` says what is asked for; `policy check` names the rule, and what this person could prove.",
		Commands: []string{byRequest, "aiwfe-auth policy check --user ada@example.com --url https://app.example.com/admin"},
	},
	CodeFactorExists: {
		Meaning:  "This passkey is registered already, for this account or another one.",
		Person:   "Use it as it is, or choose another device.",
		Operator: "Nothing needs to be done.",
	},
	CodeLastFactor: {
		Meaning:  "The last second factor must stay: policy demands one of this account, the password is a short one that is allowed beside it only, or it is the only way in.",
		Person:   "Add another factor first, or set a password of at least 15 characters.",
		Operator: "MFA_REQUIRED_ROLES says of which roles a factor is demanded. A factor that was lost is removed by a reset.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth user reset-factors --email ADDRESS"},
	},
	CodeFactorLimit: {
		Meaning:  "An account has at most 20 passkeys.",
		Person:   "Remove one that is no longer used.",
		Operator: "Nothing needs to be done.",
	},
	CodePasskeyRefused: {
		Meaning:  "The answer of the browser or device did not pass the checks of WebAuthn, so the passkey was not added.",
		Person:   "Try again, or use another device. The page must be open at the address of the service itself.",
		Operator: "The reason in the audit begins with passkey_ and names the check, such as passkey_origin_wrong: then the page was open at another address than PUBLIC_URL.",
		Commands: []string{byRequest, "aiwfe-auth config show"},
	},
	CodePasskeysUnusable: {
		Meaning:  "Passkeys cannot work at the address of this service: they need a host name, and https unless it is localhost.",
		Person:   "Sign in by password, or with an authenticator app.",
		Operator: "The detail says what is wrong with PUBLIC_URL. Once it is mended, passkeys made for the old host name do not work at the new one.",
		Commands: []string{"aiwfe-auth config show"},
	},
	CodeVerifyTokenInvalid: {
		Meaning:  "The link that proves an address was used before, has expired after 24 hours, or a newer one was made.",
		Person:   "Ask for a new link at the sign-in page. Each works once.",
		Operator: "The audit has the row by which a link was taken, and link_opened for its first opening: a mail scanner opens links, and takes none.",
		Commands: []string{byRequest, "aiwfe-auth audit list --event address_verified"},
	},
	CodeLinkInvalid: {
		Meaning:  "The link was used before or has expired.",
		Person:   "Ask for a new one, or sign in: perhaps it is no longer needed.",
		Operator: "A link to unlock is good for an hour, one that says “this was not me” for 14 days.",
		Commands: []string{byRequest},
	},
	CodeMailNotConfigured: {
		Meaning:  "This server sends no mail, so it can send no link either.",
		Person:   "Ask an administrator for a link.",
		Operator: "Set SMTP_URL, then try it with the test message. Until then, links are made on the host.",
		Commands: []string{"aiwfe-auth mail test --to ADDRESS", "aiwfe-auth user reset-password --email ADDRESS"},
	},
	CodeTokenLimit: {
		Meaning:  "An account has at most 50 personal access tokens.",
		Person:   "Revoke one that is no longer used.",
		Operator: "Nothing needs to be done.",
	},
	CodeNotFound: {
		Meaning:  "There is nothing at this address, or the thing that it names does not exist or belongs to somebody else.",
		Person:   "Check the address. What belongs to others is not found either, so that nobody can find out that it exists.",
		Operator: "The reason no_such_route is a wrong path; a proxy that strips or adds a prefix is the usual cause.",
		Commands: []string{"aiwfe-auth config show"},
	},
	CodeMethodNotAllowed: {
		Meaning:  "The address exists, but not for this method. The header Allow lists the methods that it serves.",
		Person:   "Compare the call with the API reference at /docs.",
		Operator: "A redirect that turns POST into GET is the usual cause: let clients call PUBLIC_URL itself.",
		Commands: []string{"aiwfe-auth config show"},
	},
	CodeInternal: {
		Meaning:  "Something happened that nobody foresaw. The person is told nothing of it but the request_id.",
		Person:   "Try again. If it happens once more, tell whoever runs the service the request_id.",
		Operator: "The log line with this request_id has the cause. Please report it with that line; it holds no secret.",
		Commands: []string{"aiwfe-auth config check"},
	},
}
