package upkeep

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

func row(e audit.Event, user, actor, detail string) audit.Row {
	return audit.Row{Event: e, At: noon.Add(-time.Hour), User: account.ID(user), Actor: account.ID(actor), Detail: detail}
}

func until(d time.Duration) *x509.Certificate {
	return &x509.Certificate{NotBefore: noon.Add(-69 * day), NotAfter: noon.Add(d)}
}

// healthy is an installation of which nothing is to be done.
func healthy() (*Sources, *facts) {
	f := &facts{
		logins: []Logins{{Succeeded: 998, Failed: 2}, {Succeeded: 998, Failed: 2}, {Succeeded: 998, Failed: 2}},
		names:  map[string]string{"1": "root@example.com", "2": "ada@example.com"},
		sizes:  api.MaintenanceSizes{Bytes: 1 << 30, Tables: []api.TableSize{{Table: "audit", Rows: 1000}}},
		hashes: []HashForm{{"$argon2id$v=19$m=19456", 10}, {"none", 1}},
		places: []Place{{"1", "root@example.com", "192.0.2.7", noon.Add(-30 * day), noon}, {"1", "root@example.com", "192.0.2.99", noon.Add(-time.Hour), noon}},
	}
	figures := Figures{LoginP95: 300 * time.Millisecond, ResponseP95: 20 * time.Millisecond, PoolUse: 0.2, Logins: Logins{Succeeded: 7000, Failed: 2}, Measured: true}
	return &Sources{
		Now: noon, Subject: "https://auth.example.com", Version: "1.2.3", By: "test", Store: f,
		Settings: Settings{RotateAfter: 365 * day, BuildAfter: 180 * day, PasswordHash: "argon2id", Upgrades: true},
		Diagnose: func(context.Context) (api.Diagnosis, error) { return api.Diagnosis{Healthy: true}, nil },
		Certificates: func(context.Context) []Certificate {
			return []Certificate{{What: "TLS_CERT_FILE", Leaf: until(60 * day)}}
		},
		Pools: func(context.Context) ([]Pool, error) {
			return []Pool{{Name: "main", Used: 1, Most: 10}, {Name: "write", Used: 1, Most: 1}}, nil
		},
		Disks: func() []Disk { return []Disk{{Path: "/data", Size: 100 << 30, Free: 50 << 30, Database: true}} },
		Keys: func(context.Context) ([]Key, error) {
			return []Key{{Name: "JWT_SECRET_KEY", Print: "ab", Since: noon.Add(-90 * day)}}, nil
		},
		Build: Build{At: noon.Add(-10 * day), Version: "1.2.3", Go: "go1.26"},
		Figures: func(_ context.Context, from, to time.Time) (Figures, error) {
			if to.Sub(from) <= day {
				return Figures{}, nil // of single days the audit is asked, for the cases here
			}
			return figures, nil
		},
		Backups: func(context.Context) (Backups, error) {
			return Backups{Scheduled: true, Every: day, Last: noon.Add(-20 * time.Hour), Bytes: 1 << 20}, nil
		},
		Rehearse: func(context.Context) (Rehearsal, error) {
			return Rehearsal{Backup: time.Second, Restore: 2 * time.Second, SignIn: 300 * time.Millisecond, Accounts: 12}, nil
		},
		Chain: func(context.Context) (Chain, error) { return Chain{Rows: 1000, Whole: true, Said: "whole"}, nil },
	}, f
}

func find(t *testing.T, r api.MaintenanceReport, name string) api.Chore {
	t.Helper()
	i := slices.IndexFunc(r.Chores, func(c api.Chore) bool { return c.Chore == name })
	if i < 0 {
		t.Fatalf("%s has no chore %s", r.Kind, name)
	}
	return r.Chores[i]
}

func TestNothingIsToBeDoneWhereAllIsWell(t *testing.T) {
	for _, kind := range api.MaintenanceKinds {
		s, _ := healthy()
		r := Do(t.Context(), kind, *s)
		if !r.Well || r.ToDo != 0 || len(r.Chores) < 5 {
			t.Errorf("%s: %+v", kind, r)
		}
		for _, c := range r.Chores {
			if c.Verdict != api.ChoreWell || c.Said == "" || c.Title == "" || c.Remedy != "" || len(c.Commands) > 0 {
				t.Errorf("%s: %+v", kind, c)
			}
		}
	}
}

// ills are installations of which one thing is wrong each.
var ills = []struct {
	name, kind, chore, verdict string
	change                     func(*Sources, *facts)
	said                       string
}{
	{"a cause", "daily", "doctor", api.ChoreToDo, func(s *Sources, _ *facts) {
		s.Diagnose = func(context.Context) (api.Diagnosis, error) {
			return api.Diagnosis{Findings: []api.Finding{{Code: "disk_full", Title: "The disk is full", Remedy: "Make room."}}}, nil
		}
	}, "disk_full"},
	{"no database", "daily", "doctor", api.ChoreToDo, func(s *Sources, _ *facts) { s.Store, s.Away = nil, errors.New("refused") }, "refused"},
	{"worse than yesterday", "daily", "success_rate", api.ChoreToDo, func(_ *Sources, f *facts) { f.logins[0] = Logins{Succeeded: 900, Failed: 100} }, "90.0 %"},
	{"worse than last week", "daily", "success_rate", api.ChoreToDo, func(_ *Sources, f *facts) {
		f.logins[0], f.logins[1] = Logins{Succeeded: 950, Failed: 50}, Logins{Succeeded: 950, Failed: 50}
	}, "last week"},
	{"below the target for long", "daily", "success_rate", api.ChoreNote, func(_ *Sources, f *facts) {
		for i := range f.logins {
			f.logins[i] = Logins{Succeeded: 950, Failed: 50}
		}
	}, "95.0 %"},
	{"guesses do not count", "daily", "success_rate", api.ChoreWell, func(_ *Sources, f *facts) { f.logins[0] = Logins{Succeeded: 997, Failed: 9003, Guesses: 9000} }, "99.70 %"},
	{"few sign-ins are no trend", "daily", "success_rate", api.ChoreWell, func(_ *Sources, f *facts) { f.logins[0] = Logins{Succeeded: 8, Failed: 2} }, "80.0 %"},
	{"slips are measured", "daily", "success_rate", api.ChoreNote, func(s *Sources, _ *facts) {
		s.Figures = func(context.Context, time.Time, time.Time) (Figures, error) {
			return Figures{Measured: true, Logins: Logins{Succeeded: 97, Failed: 13, Guesses: 10}}, nil
		}
	}, "97.0 % of 100"},
	{"a pool is used up", "daily", "pool", api.ChoreToDo, func(s *Sources, _ *facts) {
		s.Pools = func(context.Context) ([]Pool, error) {
			return []Pool{{Name: "main", Used: 9, Most: 10, Setting: "DB_MAX_CONNS"}}, nil
		}
	}, "DB_MAX_CONNS"},
	{"a certificate ends", "daily", "certificates", api.ChoreToDo, certificate(Certificate{What: "a", Leaf: until(20 * day)}), "20 days"},
	{"a certificate ended", "daily", "certificates", api.ChoreToDo, certificate(Certificate{What: "a", Leaf: until(-day)}), "ended"},
	{"a certificate cannot be seen", "daily", "certificates", api.ChoreNote, certificate(Certificate{What: "a", Err: errors.New("refused")}), "refused"},
	{"an administrator from elsewhere", "daily", "admin_sign_ins", api.ChoreToDo, func(_ *Sources, f *facts) {
		f.places = append(f.places, Place{"1", "root@example.com", "203.0.113.5", noon.Add(-time.Hour), noon})
	}, "203.0.113.5"},
	{"an administrator for the first time", "daily", "admin_sign_ins", api.ChoreWell, func(_ *Sources, f *facts) {
		f.places = append(f.places, Place{"2", "ada@example.com", "203.0.113.5", noon.Add(-time.Hour), noon})
	}, "used before"},
	{"a new administrator", "daily", "admins", api.ChoreToDo, happened(audit.EventUserUpdated, row(audit.EventUserUpdated, "2", "1", "role=admin")), "ada@example.com"},
	{"an invited administrator", "daily", "admins", api.ChoreToDo, happened(audit.EventInvited, row(audit.EventInvited, "2", "1", "role admin")), "by root@example.com"},
	{"a role was given", "daily", "admins", api.ChoreNote, happened(audit.EventUserUpdated, row(audit.EventUserUpdated, "2", "1", "role=user")), "1 role"},
	{"a name was changed", "daily", "admins", api.ChoreWell, happened(audit.EventUserUpdated, row(audit.EventUserUpdated, "2", "1", "name")), "no role"},
	{"shut and alive", "daily", "shut_but_alive", api.ChoreToDo, func(_ *Sources, f *facts) {
		f.shut = []Holder{{Address: "eve@example.com", Status: "disabled", Sessions: 2, Tokens: 1}}
	}, "2 sessions, 1 token"},
	{"besieged", "daily", "besieged", api.ChoreToDo, func(_ *Sources, f *facts) { f.besieged = []Besieged{{"ada@example.com", 60, 2}} }, "60 failures from 2 addresses"},
	{"a token was made", "daily", "tokens_made", api.ChoreNote, happened(audit.EventTokenMade, row(audit.EventTokenMade, "2", "", "read write")), "read write"},
	{"factors were removed", "daily", "factors_removed", api.ChoreToDo, happened(audit.EventFactorsReset, row(audit.EventFactorsReset, "2", "1", "")), "by root@example.com"},
	{"letters were given up", "daily", "letters", api.ChoreToDo, func(_ *Sources, f *facts) { f.givenUp = 3 }, "3 letters"},
	{"the backup is old", "daily", "backup", api.ChoreToDo, backups(Backups{Scheduled: true, Every: day, Last: noon.Add(-3 * day)}), "3 days"},
	{"the backup failed", "daily", "backup", api.ChoreToDo, backups(Backups{Scheduled: true, Every: day, Last: noon.Add(-day), Trouble: "no room"}), "no room"},
	{"no backup", "daily", "backup", api.ChoreToDo, backups(Backups{Needed: true}), "none is scheduled"},
	{"no backup in development", "daily", "backup", api.ChoreNote, backups(Backups{}), "no production"},
	{"backups by other means", "daily", "backup", api.ChoreNote, func(s *Sources, _ *facts) { s.Backups = nil }, "no backups"},
	{"the disk is nearly full", "daily", "disk", api.ChoreToDo, func(s *Sources, _ *facts) {
		s.Disks = func() []Disk { return []Disk{{Path: "/data", Size: 100 << 30, Free: 1 << 30}} }
	}, "1.0 GiB of 100.0 GiB"},

	{"twice as slow", "weekly", "performance_trend", api.ChoreToDo, figures(func(f *Figures, now bool) {
		if now {
			f.ResponseP95 = 200 * time.Millisecond
		}
	}), "200 ms"},
	{"sign-ins too slow", "weekly", "performance_trend", api.ChoreToDo, figures(func(f *Figures, _ bool) { f.LoginP95 = 3 * time.Second }), "3.0 s"},
	{"nothing was measured", "weekly", "performance_trend", api.ChoreWell, figures(func(f *Figures, _ bool) { f.Measured = false }), "nothing"},
	{"the disk fills up", "weekly", "growth", api.ChoreToDo, func(s *Sources, f *facts) {
		s.Last = &api.MaintenanceReport{Sizes: &api.MaintenanceSizes{At: noon.Add(-10 * day), Bytes: 1 << 30, Tables: []api.TableSize{{Table: "audit", Rows: 400}}}}
		f.sizes.Bytes = 21 << 30
	}, "full on 2026-12-25"},
	{"it grows slowly", "weekly", "growth", api.ChoreWell, func(s *Sources, f *facts) {
		s.Last = &api.MaintenanceReport{Sizes: &api.MaintenanceSizes{At: noon.Add(-7 * day), Bytes: 1 << 30, Tables: []api.TableSize{{Table: "audit", Rows: 400}}}}
		f.sizes.Bytes += 7 << 20
	}, "600 rows more"},
	{"a key is old", "weekly", "rotation", api.ChoreToDo, keys(Key{Name: "JWT_SECRET_KEY", Since: noon.Add(-400 * day)}), "400 days"},
	{"a previous key is not needed", "weekly", "rotation", api.ChoreToDo, keys(Key{Name: "JWT_PREVIOUS_SECRET_KEYS", Since: noon.Add(-day), Previous: true, Unused: true}), "1 previous key not needed"},
	{"a previous key is needed", "weekly", "rotation", api.ChoreWell, keys(Key{Name: "JWT_PREVIOUS_SECRET_KEYS", Since: noon.Add(-400 * day), Previous: true}), ""},
	{"the program is old", "weekly", "program_age", api.ChoreToDo, func(s *Sources, _ *facts) { s.Build.At = noon.Add(-200 * day) }, "200 days"},
	{"accounts lie idle", "weekly", "unused_accounts", api.ChoreNote, func(_ *Sources, f *facts) { f.unused = 7 }, "7 accounts"},
	{"sessions of nobody", "weekly", "orphaned_sessions", api.ChoreToDo, func(_ *Sources, f *facts) { f.orphans = []string{"3 rows of sessions"} }, "3 rows"},
	{"nobody sweeps", "weekly", "orphaned_sessions", api.ChoreToDo, func(_ *Sources, f *facts) { f.overdue = 5 }, "5 sessions"},

	{"a bare administrator", "monthly", "admins_without_factor", api.ChoreToDo, func(_ *Sources, f *facts) { f.bare = []string{"root@example.com"} }, "root@example.com"},
	{"bcrypt of cost 4", "monthly", "password_hashes", api.ChoreToDo, hashed("$2b$04$"), "1 account with a weak hash"},
	{"no hash at all", "monthly", "password_hashes", api.ChoreToDo, hashed("no hash at all"), "weak"},
	{"argon2id with 4 MiB", "monthly", "password_hashes", api.ChoreToDo, hashed("$argon2id$v=19$m=4096"), "weak"},
	{"bcrypt of cost 12", "monthly", "password_hashes", api.ChoreWell, hashed("$2b$12$"), "replaced at the next"},
	{"nobody proved", "monthly", "unconfirmed", api.ChoreNote, func(_ *Sources, f *facts) { f.unconfirmed = 2 }, "2 accounts"},
	{"invitations ended", "monthly", "invitations", api.ChoreToDo, func(_ *Sources, f *facts) { f.invitations = 2 }, "2 accounts"},
	{"old tokens in use", "monthly", "old_tokens", api.ChoreToDo, func(s *Sources, f *facts) {
		s.Settings.LegacyUntil, f.old = noon.Add(30*day), []Holder{{Address: "ada@example.com", Last: noon}}
	}, "ada@example.com"},
	{"old tokens in vain", "monthly", "old_tokens", api.ChoreToDo, func(s *Sources, _ *facts) { s.Settings.LegacyUntil = noon.Add(30 * day) }, "LEGACY_TOKENS=off"},
	{"a wide setting", "monthly", "wide_settings", api.ChoreToDo, func(s *Sources, _ *facts) {
		s.Settings.Wide = []Wide{{"TRUSTED_PROXIES", "8.0.0.0/8", "strangers"}}
	}, "8.0.0.0/8"},
	{"the audit is broken", "monthly", "audit_chain", api.ChoreToDo, func(s *Sources, _ *facts) {
		s.Chain = func(context.Context) (Chain, error) { return Chain{Rows: 9, Said: "row 4 is wrong"}, nil }
	}, "row 4"},
	{"a target is missed", "monthly", "performance", api.ChoreToDo, figures(func(f *Figures, _ bool) { f.PoolUse = 0.9 }), "3 of 4"},
	{"the rehearsal failed", "monthly", "recovery_rehearsal", api.ChoreToDo, func(s *Sources, _ *facts) {
		s.Rehearse = func(context.Context) (Rehearsal, error) { return Rehearsal{Trouble: "the canary cannot sign in"}, nil }
	}, "canary"},
	{"the rehearsal is slow", "monthly", "recovery_rehearsal", api.ChoreNote, func(s *Sources, _ *facts) {
		s.Rehearse = func(context.Context) (Rehearsal, error) { return Rehearsal{Restore: 2 * time.Minute}, nil }
	}, "120.0 s"},
}

func certificate(c Certificate) func(*Sources, *facts) {
	return func(s *Sources, _ *facts) {
		s.Certificates = func(context.Context) []Certificate { return []Certificate{c} }
	}
}

func happened(e audit.Event, rows ...audit.Row) func(*Sources, *facts) {
	return func(_ *Sources, f *facts) { f.rows = map[audit.Event][]audit.Row{e: rows} }
}

func backups(b Backups) func(*Sources, *facts) {
	return func(s *Sources, _ *facts) { s.Backups = func(context.Context) (Backups, error) { return b, nil } }
}

func keys(k Key) func(*Sources, *facts) {
	return func(s *Sources, _ *facts) { s.Keys = func(context.Context) ([]Key, error) { return []Key{k}, nil } }
}

func hashed(form string) func(*Sources, *facts) {
	return func(_ *Sources, f *facts) { f.hashes = append(f.hashes, HashForm{form, 1}) }
}

func figures(change func(f *Figures, now bool)) func(*Sources, *facts) {
	return func(s *Sources, _ *facts) {
		before := s.Figures
		s.Figures = func(ctx context.Context, from, to time.Time) (Figures, error) {
			f, err := before(ctx, from, to)
			change(&f, to.Equal(noon))
			return f, err
		}
	}
}

func TestEachChoreFindsWhatItLooksFor(t *testing.T) {
	told := map[string]bool{}
	for _, c := range ills {
		t.Run(c.name, func(t *testing.T) {
			s, f := healthy()
			c.change(s, f)
			r := Do(t.Context(), c.kind, *s)
			got := find(t, r, c.chore)
			all := strings.Join(append([]string{got.Said, got.Remedy}, got.Evidence...), "\n")
			if got.Verdict != c.verdict || !strings.Contains(all, c.said) {
				t.Errorf("%s: %q\n%s", got.Verdict, c.said, all)
			}
			if got.Verdict == api.ChoreToDo {
				told[c.chore] = true
				if r.Well || r.ToDo != 1 || r.Chores[0].Chore != c.chore || got.Remedy == "" || len(got.Commands) == 0 && c.chore != "pool" && c.chore != "certificates" {
					t.Errorf("%d to do, first %s, remedy %q %v", r.ToDo, r.Chores[0].Chore, got.Remedy, got.Commands)
				}
			}
		})
	}
	noted := []string{"tokens_made", "unused_accounts", "unconfirmed", "configuration", "configuration_backup"}
	for _, kind := range api.MaintenanceKinds {
		for _, c := range list(kind) {
			if !told[c.name] && !slices.Contains(noted, c.name) {
				t.Errorf("no case brings about that %s is to be done", c.name)
			}
		}
	}
}

// TestWhatCannotBeAskedIsUnknown: an error is neither calm nor an alarm.
func TestWhatCannotBeAskedIsUnknown(t *testing.T) {
	for _, kind := range api.MaintenanceKinds {
		s, f := healthy()
		f.err = errors.New("the database is away")
		for _, c := range Do(t.Context(), kind, *s).Chores {
			needs := slices.ContainsFunc(list(kind), func(l chore) bool { return l.name == c.Chore && l.needsStore })
			if needs && c.Chore != "old_tokens" && (c.Verdict != api.ChoreUnknown || !strings.Contains(c.Said, "away")) {
				t.Errorf("%s: %+v", kind, c)
			}
		}
		for _, c := range Do(t.Context(), kind, Sources{Now: noon, Settings: s.Settings}).Chores {
			if c.Verdict == api.ChoreToDo {
				t.Errorf("without sources: %s: %+v", kind, c)
			}
		}
	}
}

// TestChoreThatBreaksEndsNothing: the server goes on, and so do the others.
func TestChoreThatBreaksEndsNothing(t *testing.T) {
	s, _ := healthy()
	s.Chain = func(context.Context) (Chain, error) { panic("broken") }
	r := Do(t.Context(), api.MaintenanceMonthly, *s)
	if c := find(t, r, "audit_chain"); c.Verdict != api.ChoreUnknown || !strings.Contains(c.Said, "broken") {
		t.Errorf("it is told as %+v", c)
	}
	if c := find(t, r, "recovery_rehearsal"); c.Verdict != api.ChoreWell {
		t.Errorf("the next one is %+v", c)
	}
}

// TestTextFitsOnAScreen and keeps what strangers chose from moving the cursor.
func TestTextFitsOnAScreen(t *testing.T) {
	s, f := healthy()
	f.givenUp = 1
	f.besieged = []Besieged{{"x\x1b[2J\r\n@example.com", 60, 2}}
	r := Do(t.Context(), "daily", *s)
	subject, text := Letter(r)
	if subject != "Daily maintenance: 2 things to do" || strings.ContainsAny(text, "\x1b\r") {
		t.Errorf("%q\n%q", subject, text)
	}
	if lines := strings.Count(text, "\n"); lines > 40 {
		t.Errorf("%d lines", lines)
	}
	first, well := strings.Index(text, "$ aiwfe-auth audit list"), strings.Index(text, "ok ")
	if first < 0 || first > well || !strings.Contains(text, "2 things to do.") {
		t.Errorf("what is to be done does not come first:\n%s", text)
	}
	s, _ = healthy()
	if subject, _ := Letter(Do(t.Context(), "monthly", *s)); subject != "Monthly maintenance: nothing to do" {
		t.Error(subject)
	}
}
