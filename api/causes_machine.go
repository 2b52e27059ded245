package api

// machineCauses are of the machine: disk, files, clock, mail server.
var machineCauses = map[Cause]CauseInfo{
	"clock_skew": {
		Severity: Serious, Title: "Two clocks disagree",
		Meaning:  "A clock is off by more than tokens and codes allow: tokens count as not yet valid or as expired, and codes of authenticator apps are refused.",
		Remedy:   "Let every machine keep its time by NTP (systemd-timesyncd, chrony); a container has the clock of its host.",
		Commands: []string{"timedatectl", "date -u"},
	},
}
