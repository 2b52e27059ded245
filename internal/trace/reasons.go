package trace

import "strings"

// reasonWords finds what is said of a reason; some begin a family.
func reasonWords(reason string) (words, bool) {
	if w, ok := reasons[reason]; ok {
		return w, true
	}
	if w, ok := gateReasons[reason]; ok {
		return w, true
	}
	for prefix, text := range families {
		if rest, ok := strings.CutPrefix(reason, prefix); ok {
			return words{text: strings.Replace(text, "%", strings.ReplaceAll(rest, "_", " "), 1)}, true
		}
	}
	return words{}, false
}

var families = map[string]string{
	"passkey_":          "The passkey was not accepted, since a check of WebAuthn failed: %.",
	"claim_missing_":    "The token lacks the claim %, so it is not one of ours.",
	"claim_wrong_type_": "The claim % of the token is of the wrong type, so it is not one of ours.",
	"registration_":     "REGISTRATION is %, so nobody can make an account by themselves.",
	"ended_":            "The session was ended: %.",
}

var (
	showUser  = []string{"aiwfe-auth user show --email ADDRESS"}
	newLink   = []string{"aiwfe-auth user show --email ADDRESS", "aiwfe-auth user reset-password --email ADDRESS"}
	inspect   = []string{"aiwfe-auth token inspect -", "aiwfe-auth config show"}
	nothing   = []string{}
	checkKeys = []string{"aiwfe-auth doctor", "aiwfe-auth config show"}
)

// reasons are the private whys of refusals, in words. A reason that only says
// what its code says is not here.
var reasons = map[string]words{
	"unknown_address": {
		"There is no account with this address", "Nobody has an account under the address that was typed. The person was told the same as with a wrong password.",
		"Look for a mistype, or for the address that the person has the account under. An account is made by invitation, or on the host.",
		[]string{"aiwfe-auth user list", "aiwfe-auth user create --email ADDRESS"},
	},
	"wrong_password":         {"The password is wrong", "There is such an account, and the password is not its own.", "Passwords are read exactly, blanks and case included. Give the person a link to set a new one.", newLink},
	"account_disabled":       {"The account is disabled", "An administrator closed the account, or is_active is false in its row. The password was not the question.", "Enable the account if that was not meant.", []string{"aiwfe-auth user show --email ADDRESS", "aiwfe-auth user enable --email ADDRESS"}},
	"account_locked":         {"The account is locked", "The account was locked, by its owner with “this was not me” or by an administrator.", "Unlock it once the owner is sure of the mailbox and the password.", []string{"aiwfe-auth user show --email ADDRESS", "aiwfe-auth user unlock --email ADDRESS"}},
	"account_pending":        {"The account is not ready yet", "The account waits: it was invited and has no password yet, or its address was not proven.", "Have the person open the link of the invitation, or give a new one.", newLink},
	"account_status_unknown": {"The row of the account holds an unknown status", "The column status holds something that this program does not know, so nobody can sign in with the row.", "Set the status by the command line, which writes a known one.", []string{"aiwfe-auth user show --email ADDRESS", "aiwfe-auth user enable --email ADDRESS"}},
	"account_changed":        {"", "The account changed at the moment in which it was checked: password, status or factors.", "Nothing needs to be done; the person tries again.", nothing},
	"hash_empty":             {"No password is stored for the account", "The row of the account holds no password hash, so no password can be right.", "Give the person a link to set one.", newLink},
	"hash_unknown":           {"The stored password hash cannot be used", "The row holds a hash in a form that no password can be checked against. Rows made or restored by hand are the usual cause.", "Give the person a link to set a new password, or restore the row with its true hash.", newLink},
	"hash_too_expensive":     {"The stored password hash costs too much to check", "The stored hash asks for more work or memory than this server spends on one.", "Give the person a link to set a new password.", newLink},

	"account_limit":        {"Too many failures at this account", "So many sign-ins at this account failed that it is shut to unknown devices for a while, with the right password too.", "It opens by itself. If the owner is kept out by others, unlock it; a known device has a count of its own.", []string{"aiwfe-auth user unlock --email ADDRESS", "aiwfe-auth audit list --email ADDRESS --since 1h"}},
	"account_shut":         {"A hundred failures in a row shut the account", "A hundred sign-ins in a row failed, so passwords are no longer taken from unknown devices.", "Waiting does not help. Unlock the account, or give its owner a link to set a new password.", []string{"aiwfe-auth user unlock --email ADDRESS", "aiwfe-auth user reset-password --email ADDRESS"}},
	"echo_limit":           {"Too many questions to the echo", "This network address asked the echo of the doctor more often than one examination does.", "Wait a minute and run the doctor again.", []string{"aiwfe-auth doctor"}},
	"selftest_limit":       {"Too many self-tests of pages", "This network address reported on its browsers more often than people open pages.", "If many people share the address, nothing needs to be done: their sign-ins are not touched. If all seem to come from the proxy, name it in TRUSTED_PROXIES.", []string{"aiwfe-auth doctor"}},
	"address_limit":        {"Too many attempts from one network address", "This network address made more attempts than LOGIN_LIMIT_ADDRESS allows, right ones included.", "If many people share the address, raise LOGIN_LIMIT_ADDRESS. If all of them seem to come from the proxy, name it in TRUSTED_PROXIES.", []string{"aiwfe-auth config show", "aiwfe-auth doctor"}},
	"mail_limit":           {"", "More letters were asked for at one address than are sent in an hour.", "It opens by itself.", nothing},
	"account_lane_full":    {"", "Too many attempts at one account ran at this moment; this one was not looked at.", "", nil},
	"hash_queue_full":      {"", "All workers that check passwords were busy for longer than people wait; this one was not checked.", "", nil},
	"streams_full":         {"", "As many live views of the audit are open as this server serves.", "Close some of them.", nothing},
	"session_limit_refuse": {"", "The password is right, and SESSION_LIMIT is reached; SESSION_LIMIT_POLICY is refuse.", "", nil},

	"origin_null":                 {"The browser hides where the request comes from", "The Origin is null: a sandboxed frame, a page from a file, a redirect across sites, or a Referrer-Policy of no-referrer that a proxy added.", "See that the proxy leaves Referrer-Policy as it is, and that the page is in no sandbox.", lookOutside},
	"origin_foreign":              {"The origin is not one that is allowed", "The page that sent the request is neither of PUBLIC_URL nor of an origin in CORS_ORIGINS.", "If the page is yours, list its origin in CORS_ORIGINS. If it is ours, PUBLIC_URL is not the address that people use.", []string{"aiwfe-auth config show", "aiwfe-auth doctor"}},
	"fetch_site_same_site":        {"", "The browser says that a page of a sibling host made the request, and CORS_ORIGINS does not list it.", "If the page is yours, list its origin in CORS_ORIGINS.", nil},
	"fetch_site_cross_site":       {"", "The browser says that a page of another site made the request, and CORS_ORIGINS does not list it.", "If the page is yours, list its origin in CORS_ORIGINS. Otherwise the refusal is what protects the person.", nil},
	"fetch_site_unknown":          {"", "Sec-Fetch-Site holds what no browser sends.", "A program that sends no Sec-Fetch-Site and no Origin is not asked for one.", nil},
	"oauth2_form_from_browser":    {"A browser sent the form for programs", "The OAuth2 password form needs no CSRF token, so it is taken from programs alone, and this request looks like a browser's.", "Have the page sign in with JSON and a CSRF token.", nothing},
	"preflight_origin_not_listed": {"The origin is not in CORS_ORIGINS", "A browser asked whether a page of another origin may call, and CORS_ORIGINS does not list that origin.", "List the origin in CORS_ORIGINS if the page is yours.", []string{"aiwfe-auth config show"}},

	"csrf_token_missing":  {"", "The request changes something and came without the token that proves that a page of this service sent it.", "", nil},
	"csrf_token_expired":  {"", "The token is genuine and was fetched longer ago than CSRF_TTL allows.", "", nil},
	"csrf_cookie_missing": {"The cookie of the CSRF token did not come", "A token came without the cookie that it is bound to, so it proves nothing.", "A program sends the cookies that came with the token. If browsers are struck, the cookie does not come back.", lookOutside},
	"bound_elsewhere":     {"The CSRF token belongs to another browser or session", "The token was made for another browser id than the one in the cookie: the page is from before a sign-out, was cached by something between, or two tabs have two cookies.", "The person reloads the page. If everybody is struck, something caches the page or the answer with the token.", lookOutside},
	"signature_wrong":     {"It was signed by another key", "The token is not signed by a key of this server: the key changed, another node has another one, or it was changed on the way.", "Give all nodes the same key, and keep the one before in DATA_ENCRYPTION_PREVIOUS_KEYS or JWT_PREVIOUS_SECRET_KEYS.", checkKeys},
	"malformed":           {"The CSRF token was cut or changed on the way", "What came as a CSRF token has not the form of one.", "A program sends the token exactly as it got it. If it does, something between changes the header.", lookOutside},
	"from_the_future":     {"The CSRF token is of a clock that is ahead", "The token was made at a time that has not come yet: the clock of another node is ahead, or ours is behind.", "Set the clocks of all nodes by NTP.", []string{"aiwfe-auth doctor"}},

	"no_credential":           {"Nobody is signed in", "The request carried neither a session cookie nor a bearer token, and this browser was given no session within the last half hour.", "If the person signed in before, ask for the request id of that time. A program sends Authorization: Bearer TOKEN; see that the proxy passes it on.", lookOutside},
	"session_cookie_broken":   {"", "The session cookie holds what we never write, or came twice.", "", lookOutside},
	"authorization_malformed": {"", "The header Authorization is not of the form Bearer TOKEN.", "", inspect},
	"session_unknown":         {"Nobody knows this session", "The cookie or token names a session that is not in the database: it ended so long ago that it was swept away, or the database is another one than before.", "If many are struck at once, look whether DATABASE_URL changed, a backup was restored, or replicas have different databases.", []string{"aiwfe-auth doctor", "aiwfe-auth config show"}},
	"idle_end":                {"The session was idle for too long", "The session was not used for as long as SESSION_IDLE allows.", "Nothing needs to be done; the person signs in again. SESSION_IDLE is the limit.", []string{"aiwfe-auth config show"}},
	"absolute_end":            {"The session reached its age", "The session is older than SESSION_MAX allows, however much it was used.", "Nothing needs to be done; the person signs in again. SESSION_MAX is the limit.", []string{"aiwfe-auth config show"}},
	"session_over":            {"", "The session ended while the request was answered.", "", nil},
	"ended_logout":            {"The person signed out", "The session was ended by its owner.", "Nothing needs to be done.", nothing},
	"ended_by_user":           {"", "The session was ended by its owner, from the list of sessions.", "", nil},
	"ended_by_admin":          {"An administrator ended the session", "The session was ended by an administrator.", "The audit says by whom.", []string{"aiwfe-auth audit list --email ADDRESS"}},
	"ended_by_host":           {"The session was ended on the host", "The session was ended by the command line.", "The audit has the row.", []string{"aiwfe-auth audit list --email ADDRESS"}},
	"ended_evicted":           {"A newer session took the place of this one", "The account is signed in on as many devices as SESSION_LIMIT allows, and the oldest session gave way.", "Raise SESSION_LIMIT, or end sessions that nobody uses.", []string{"aiwfe-auth session list --email ADDRESS", "aiwfe-auth config show"}},
	"ended_replaced":          {"", "The same browser signed in anew, so the session before it ended.", "Nothing needs to be done.", nothing},
	"ended_password_changed":  {"The password was changed", "The password was changed, which ends every other session.", "Nothing needs to be done if the owner changed it.", []string{"aiwfe-auth audit list --email ADDRESS"}},
	"ended_key_compromised":   {"A key of this server was declared compromised", "Somebody declared a key compromised at the console, which ends every session.", "People sign in again, once.", []string{"aiwfe-auth keys list"}},
	"ended_reported":          {"The owner said “this was not me”", "The owner ended every session and locked the account by the link of a letter.", "Unlock the account once its owner is sure of mailbox and password.", []string{"aiwfe-auth user show --email ADDRESS", "aiwfe-auth user unlock --email ADDRESS"}},
	"ended_refresh_reuse":     {"A used refresh token came back", "A refresh token was used twice, beyond REFRESH_GRACE or by another device: a copy, or two places of one program that refresh with the same token. The session was ended for both.", "Let one place of the program refresh and the others wait for it. If no program does, take it for a theft.", []string{"aiwfe-auth audit list --event refresh_reuse", "aiwfe-auth config show"}},
	"refresh_token_reused":    {"A used refresh token came back", "A refresh token was used twice, beyond REFRESH_GRACE or by another device: a copy, or two places of one program that refresh with the same token. The session was ended for both.", "Let one place of the program refresh and the others wait for it. If no program does, take it for a theft.", []string{"aiwfe-auth audit list --event refresh_reuse", "aiwfe-auth config show"}},
	"refresh_malformed":       {"", "What came as a refresh token cannot be one of ours.", "", nil},
	"refresh_unknown":         {"", "The refresh token was never given out by this database, or its session was swept away.", "", nil},
	"subject_not_of_session":  {"", "The token names another account than its session.", "", inspect},
	"user_unknown":            {"", "The account does not exist any more.", "", showUser},
	"token_unknown":           {"", "There is no such personal access token.", "", nil},
	"personal_token_unknown":  {"", "There is no such personal access token: it was revoked, or it belongs to another installation.", "", inspect},

	"expired":                        {"", "The access token is genuine and its time is over; the session may still be alive.", "", inspect},
	"kid_unknown":                    {"The token is signed by a key that this server does not have", "The token names a key that is neither JWT_SECRET_KEY nor one of JWT_PREVIOUS_SECRET_KEYS: the key changed, or another node has another one.", "Put the key before into JWT_PREVIOUS_SECRET_KEYS, and see that all nodes have the same.", checkKeys},
	"kid_missing":                    {"", "The token names no key, and it is not of the old form.", "", inspect},
	"issuer_wrong":                   {"The token was made for another address", "The issuer in the token is not PUBLIC_URL: PUBLIC_URL changed, or the token is of another installation.", "Let people sign in again, or give PUBLIC_URL back the value that it had.", inspect},
	"audience_wrong":                 {"", "The token was made for another service.", "", inspect},
	"issued_in_future":               {"The token is of a clock that is ahead", "The token was made at a time that has not come yet: the clock of another node is ahead, or ours is behind.", "Set the clocks of all nodes by NTP.", []string{"aiwfe-auth doctor"}},
	"not_yet_valid":                  {"The token is of a clock that is ahead", "The token counts from a time on that has not come yet: clocks differ.", "Set the clocks of all nodes by NTP.", []string{"aiwfe-auth doctor"}},
	"alg_not_allowed":                {"", "The token is signed in a way that this server does not take.", "", inspect},
	"not_three_parts":                {"", "What came as a token has not the three parts of one: it was cut, or it is something else.", "", inspect},
	"not_a_jws":                      {"", "What came as a token cannot be read as one: it was cut or changed on the way.", "", inspect},
	"typ_unknown":                    {"", "The token is of a kind that this server does not give out.", "", inspect},
	"legacy_off":                     {"A token of the old form came, and they are not accepted", "The token is of the old form, and LEGACY_TOKENS does not accept it.", "Let the client sign in again, or set LEGACY_TOKENS=accept with LEGACY_TOKENS_UNTIL for the time of the change.", inspect},
	"legacy_retired":                 {"The time of old tokens is over", "The token is of the old form, and LEGACY_TOKENS_UNTIL has passed.", "Let the client sign in again. The date can be moved once more, within 90 days.", inspect},
	"legacy_unknown_user":            {"", "The old token names an account that does not exist.", "", inspect},
	"legacy_address_malformed":       {"", "The old token names no address that can be one.", "", inspect},
	"legacy_address_and_id_disagree": {"", "The address and the id in the old token lead to two accounts.", "", inspect},
	"legacy_not_for_admins":          {"", "Tokens of the old form are not accepted for administrators.", "", inspect},
	"legacy_not_with_second_factor":  {"", "Tokens of the old form are not accepted for accounts with a second factor.", "", inspect},
	"legacy_made_before_change":      {"", "The old token was made before the password was changed or all sessions were ended.", "", inspect},
	"legacy_extra_claim":             {"", "The old token has a claim that access tokens never had: it is a link to reset or verify.", "", inspect},

	"totp_malformed":               {"", "What was typed is no code.", "", nil},
	"totp_wrong":                   {"The code is wrong", "The code is not one of this moment, nor of any within the hour: it was mistyped, or it is of another account in the app.", "Have the person look for the entry of this service and this address. If the app was set up anew, a reset of the factors helps.", []string{"aiwfe-auth user reset-factors --email ADDRESS"}},
	"totp_step_spent":              {"The code was used already", "The code is right and was used before, here or on another path; each counts once.", "Wait for the next code.", nothing},
	"totp_clock_off":               {"The clock of the person's device is off", "The code is right for another time within the hour: the clock of the device, or of this server, is off.", "Set the clock of the device to automatic. If many people are struck, it is the clock of this server.", []string{"aiwfe-auth doctor"}},
	"totp_step_burned":             {"", "The code was of the future when it was tried before, so it does not count any more.", "Wait for the next code.", nothing},
	"backup_code_malformed":        {"", "It cannot be a backup code of this account.", "", nil},
	"backup_code_spent":            {"", "It is none of the unused backup codes of this account.", "", nil},
	"user_not_verified":            {"", "A passkey alone was to confirm, and the device did not check its user by PIN, finger or face.", "", nil},
	"challenge_malformed":          {"The waiting sign-in is not known", "The step came without the token of the sign-in that it belongs to.", "If a browser sent it, its cookie did not come back.", lookOutside},
	"challenge_unknown":            {"", "The waiting sign-in is over or never was: it took longer than 10 minutes, or was finished in another tab.", "The person starts again.", nothing},
	"challenge_spent":              {"", "The waiting sign-in was finished already.", "The person starts again.", nothing},
	"challenge_of_another_browser": {"Another browser began this sign-in", "The sign-in began in a browser with another id, or the cookie of the browser id did not come back.", "The person starts again and stays in one browser.", lookOutside},
	"ceremony_of_another_browser":  {"", "The ceremony of the passkey began in another browser.", "The person starts again.", nothing},
	"ceremony_unknown":             {"", "The ceremony of the passkey is over or never was.", "The person starts again.", nothing},
	"enrolled_meanwhile":           {"", "A factor was set up while this sign-in waited to set one up.", "The person starts again.", nothing},

	"role_admin_needed":          {"", "The call needs an administrator.", "", nil},
	"scope_missing":              {"The token may not do that", "The token does not have a scope that the call or the rule asks for, or it may only read and the request changes something.", "Make a personal access token with that scope, on the account page. A token never may more than its account.", []string{"aiwfe-auth session list --email ADDRESS"}},
	"personal_token_not_allowed": {"", "A personal access token cannot do this.", "", nil},
	"session_cannot_step_up":     {"", "A token of the old form, or a personal one, can never confirm anything.", "", nil},
	"reauth_required":            {"", "The last full proof is older than REAUTH_WINDOW.", "", nil},

	"no_such_route":       {"", "There is nothing at the path that was asked for.", "", nil},
	"body_unreadable":     {"", "The connection broke before the body was complete.", "", nil},
	"form_expected":       {"", "The form of a page was expected, and something else came.", "", nil},
	"json_syntax":         {"", "The body is not one well-formed JSON value with each key once.", "", nil},
	"json_unknown_key":    {"", "The body has a key that the endpoint does not know.", "", nil},
	"json_not_an_object":  {"", "The body is no JSON object.", "", nil},
	"database_away":       {"", "The database could not be reached, so nothing could be looked up.", "Check that the database runs and that DATABASE_URL leads to it.", []string{"aiwfe-auth doctor"}},
	"storage_full":        {"", "The disk of the database is full.", "", []string{"aiwfe-auth doctor"}},
	"client_gone":         {"The client hung up", "The client went away before the answer was ready: the person closed the page, or a proxy's time limit ran out.", "If it happens often, look at the time limits of the proxy and at how long the requests took.", nothing},
	"panic":               {"", "A fault of this program stopped the request.", "The log line with this request id has the place; please report it.", nothing},
	"unforeseen":          {"", "Something failed that nobody foresaw.", "", nil},
	"mail_not_configured": {"", "SMTP_URL is not set, so no letter can be sent.", "", nil},

	"short_password":                 {"", "The password is a short one that is allowed beside a second factor only, so the last factor must stay.", "", nil},
	"last_way_in":                    {"", "The factor is the only way into the account, so it must stay.", "", nil},
	"factor_demanded":                {"", "Policy demands a second factor of this account, so the last one must stay.", "", nil},
	"no_second_factor":               {"", "The account has no second factor.", "", nil},
	"factor_unknown":                 {"", "The account has no such factor.", "", nil},
	"device_unknown":                 {"", "The account trusts no such device.", "", nil},
	"totp_not_pending":               {"", "No authenticator app is being set up for this account.", "", nil},
	"passkeys_unusable":              {"", "No passkey can work at PUBLIC_URL: it needs a host name, and https unless it is localhost.", "", nil},
	"nothing_to_send":                {"", "The account needs no such letter, so none was sent.", "", nil},
	"verify_link_dead":               {"The link is dead", "The link that proves an address was used, has expired, or gave way to a newer one. Mail scanners open links, and take none.", "", nil},
	"unlock_link_dead":               {"The link is dead", "The link to unlock was used, has expired, or gave way to a newer one.", "", nil},
	"alarm_link_dead":                {"The link is dead", "The link that says “this was not me” was used or has expired.", "", nil},
	"setup_link_dead":                {"The link is dead", "The set-up link was used, has expired, or gave way to a newer one.", "", nil},
	"setup_done":                     {"", "A set-up link was opened, and an administrator exists already.", "", nil},
	"invitation_dead":                {"The invitation is dead", "The invitation was used, has expired, or gave way to a newer one.", "", nil},
	"reset_link_dead":                {"The link is dead", "The link to set a password was used, has expired, or gave way to a newer one.", "", nil},
	"link_dead":                      {"The link is dead", "The link was used, has expired, or gave way to a newer one.", "", nil},
	"form_malformed":                 {"", "The form cannot be read.", "", nil},
	"form_field_twice":               {"", "A field of the form came twice.", "", nil},
	"cursor_malformed":               {"", "The cursor is not one that a list gave.", "", nil},
	"explained_unknown":              {"", "Nobody knows the id that was to be explained.", "", nil},
	"connect":                        {"", "Somebody took this server for a proxy.", "Nothing needs to be done.", nothing},
	"invitation_for_another_address": {"", "The invitation is genuine, but for another address.", "", nil},
}
