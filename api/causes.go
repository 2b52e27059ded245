package api

import "maps"

// Causes lists every cause that the doctor can name, by area. docs/errors/ has
// a page for each, which a test checks.
var Causes = joined(generalCauses, clockCauses, configCauses, secretCauses, machineCauses, databaseCauses, rowCauses, cacheCauses,
	addressCauses, cookieCauses, proxyCauses, sessionCauses, runningCauses, nodeCauses, applicationCauses, reportedCauses, auditCauses)

func joined(areas ...map[Cause]CauseInfo) map[Cause]CauseInfo {
	all := map[Cause]CauseInfo{}
	for _, area := range areas {
		for cause := range area {
			if _, twice := all[cause]; twice {
				panic("api: the cause " + string(cause) + " is explained twice")
			}
		}
		maps.Copy(all, area)
	}
	return all
}

// generalCauses are of the examination itself.
var generalCauses = map[Cause]CauseInfo{
	"cannot_look": {
		Severity: Serious, Title: "The doctor could not look",
		Meaning:  "A check of the doctor could not be carried out, so nobody knows whether what it looks at is sound.",
		Remedy:   "The evidence says what stood in the way. Run the doctor again as the user who runs the server, on the same machine.",
		Commands: []string{"aiwfe-auth doctor"},
	},
	"server_not_running": {
		Severity: Critical, Title: "The server does not answer",
		Meaning:  "Nothing is wrong with the configuration, but no server answers where it should listen, so nobody can sign in.",
		Remedy:   "Start it, and look at its last log lines if it stops again.",
		Commands: []string{"aiwfe-auth serve", "aiwfe-auth healthcheck"}, Last: true,
	},
}
