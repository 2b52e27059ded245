package config

import "strings"

// checkSessions lets the default of SESSION_IDLE give way to a shorter
// SESSION_MAX; a value that somebody gave is a contradiction instead.
func (l *loader) checkSessions() {
	if l.sound("SESSION_MAX") && l.c.SessionIdle > l.c.SessionMax && !l.isSet("SESSION_IDLE") {
		l.c.SessionIdle = l.c.SessionMax
		l.c.origins["SESSION_IDLE"] = "derived from SESSION_MAX"
	}
	if l.sound("SESSION_IDLE", "SESSION_MAX") && l.c.SessionIdle > l.c.SessionMax {
		l.fault("SESSION_IDLE", problem{
			text:     "It is longer than SESSION_MAX, " + showDuration(l.c.SessionMax) + ", so it would never come to count.",
			expected: "at most " + showDuration(l.c.SessionMax) + ", or a longer SESSION_MAX",
			cause:    "settings_contradict",
		})
	}
}

func (l *loader) checkLegacy() {
	c := l.c
	if !c.LegacyTokens || !l.sound("LEGACY_TOKENS", "LEGACY_TOKENS_UNTIL") {
		return
	}
	switch {
	case c.LegacyTokensUntil.IsZero():
		l.fault("LEGACY_TOKENS_UNTIL", problem{
			text:     "LEGACY_TOKENS is accept, and old tokens are honoured until a date only.",
			expected: "an ISO 8601 date at most 90 days ahead, such as " + c.now.UTC().Add(30*day).Format("2006-01-02"),
			cause:    "settings_contradict",
		})
	case c.LegacyTokensUntil.Before(c.now):
		// Not a fault: a restart on the day after must not fail.
		l.warn("LEGACY_TOKENS_UNTIL has passed: tokens of the old form are refused. LEGACY_TOKENS can be taken out.")
	}
}

// checkRegistration: without mail an address cannot be proven, and open
// registration would have to tell strangers which addresses exist.
func (l *loader) checkRegistration() {
	c := l.c
	if !c.Environment.Relaxed() && c.Registration == "open" && c.SMTPURL.Empty() && l.sound("REGISTRATION", "SMTP_URL") {
		l.fault("REGISTRATION", problem{
			text: "In " + string(c.Environment) + " open registration needs mail, to prove addresses and to tell nobody which exist, " +
				"and SMTP_URL is not set.",
			expected: "REGISTRATION=closed or invite, or SMTP_URL of a mail server",
			cause:    l.renamedOr("SMTP_URL", "settings_contradict"), strict: true,
		})
	}
}

// checkMail warns where nothing can be sent, unless a name that nobody reads
// says already what is wrong.
func (l *loader) checkMail() {
	if c := l.c; !c.Environment.Relaxed() && c.SMTPURL.Empty() && l.sound("SMTP_URL", "REGISTRATION") && l.otherName("SMTP_URL") == "" {
		l.alert(Warning{Variable: "SMTP_URL", Text: "SMTP_URL is not set, so that this server sends no mail: nobody can reset a password or " +
			"verify an address by themselves, and no invitation and no alert goes out by mail. Set it to the mail server, such as " +
			"smtp://user:password@mail.example.com:587, and try it: aiwfe-auth mail test --to you@example.com"})
	}
}

// checkUnused tells of what is set and read by nobody here, so that nobody relies
// on it.
func (l *loader) checkUnused() {
	if l.c.Database.Engine != Postgres {
		return
	}
	var pg []string
	for _, name := range []string{"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSERVICE", "PGOPTIONS"} {
		if _, there := l.foreign[name]; there {
			pg = append(pg, name)
		}
	}
	if len(pg) > 0 {
		l.warn("The environment sets " + strings.Join(pg, ", ") + ", which PostgreSQL drivers use for whatever DATABASE_URL leaves out.")
	}
}
