package api

// roundTripCauses are of what a login needs, tried on the spot, and of who may
// help when it fails.
var roundTripCauses = map[Cause]CauseInfo{
	"token_round_trip_fails": {
		Severity: Critical, Title: "A token that was just made is refused",
		Meaning:  "Signing an access token and reading it again with these settings does not work, so every login ends at once.",
		Remedy:   "The evidence names the step.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"csrf_round_trip_fails": {
		Severity: Critical, Title: "A CSRF token that was just made is refused",
		Meaning:  "Making a CSRF token and checking it with these settings does not work, so no form can be sent.",
		Remedy:   "The evidence names the step.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"session_cannot_begin": {
		Severity: Critical, Title: "The database takes no session",
		Meaning:  "Writing a session, reading it and ending it was tried within a transaction and failed, so nobody can sign in.",
		Remedy:   "The evidence holds what the database said.",
		Commands: []string{"aiwfe-auth migrate status"}, Last: true,
	},
	"no_usable_admin": {
		Severity: Serious, Title: "No administrator can sign in",
		Meaning:  "There have been administrators, and none of them is active with a way to sign in: nobody can help people who are locked out.",
		Remedy:   "Enable or unlock one on this machine, or make another one.",
		Commands: []string{"aiwfe-auth user list --role admin", "aiwfe-auth user set-role --email you@example.com --role admin"},
	},
}
