package api

// configCauses are of the settings and of what they say about the environment.
var configCauses = map[Cause]CauseInfo{
	"config_invalid": {
		Severity: Critical, Title: "A setting cannot be used",
		Meaning:  "A setting holds something that the program cannot work with, so the server does not start.",
		Remedy:   "Correct the setting where it stands; the evidence names the place.",
		Commands: []string{"aiwfe-auth config check", "aiwfe-auth config show"},
	},
}
