package api

// clockCauses are of clocks that do not agree.
var clockCauses = map[Cause]CauseInfo{
	"clock_skew": {
		Severity: Serious, Title: "Two clocks do not agree",
		Meaning:  "The clocks of two machines of this deployment are further apart than tokens, codes of authenticator apps and links allow. Right codes are refused, and fresh tokens are called expired or not valid yet.",
		Remedy:   "Turn time synchronisation on where it is off; the evidence says whose clock it is.",
		Commands: []string{"timedatectl", "chronyc tracking"}, Explains: []Cause{"csrf_refused_everybody"},
	},
}
