package config

import (
	"strconv"
	"strings"
	"time"
)

// Keeping is which backups stay: the newest Count, and all that are not older
// than Age. Zero is no word on it.
type Keeping struct {
	Count int
	Age   time.Duration
}

// String writes it as somebody would.
func (k Keeping) String() string {
	var parts []string
	if k.Count > 0 {
		parts = append(parts, strconv.Itoa(k.Count))
	}
	if k.Age > 0 {
		parts = append(parts, showDuration(k.Age))
	}
	return strings.Join(parts, ",")
}

func keepingField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			var k Keeping
			for _, one := range v.items {
				n, err := strconv.Atoi(one)
				age, p := parseDuration(one, time.Minute)
				switch {
				case err == nil && n > 0 && n <= 100_000 && k.Count == 0:
					k.Count = n
				case err != nil && p == nil && k.Age == 0:
					k.Age = age
				default:
					return &problem{
						text:     "This does not say which backups stay.",
						expected: "a number of them, an age, or both: 14, 30d or 7,90d",
					}
				}
			}
			c.BackupKeep = k
			return nil
		},
		show: func(c *Config) string { return c.BackupKeep.String() },
	}
}

// offOr is a duration, or the word off for none.
func offOr(at func(*Config) *time.Duration, least time.Duration) field {
	whole := duration(at, least)
	return field{
		parse: func(c *Config, v value) *problem {
			if strings.EqualFold(v.raw, "off") {
				*at(c) = 0
				return nil
			}
			p := whole.parse(c, v)
			if p != nil {
				p.expected = "off, or " + p.expected
			}
			return p
		},
		show: func(c *Config) string {
			if *at(c) == 0 {
				return "off"
			}
			return whole.show(c)
		},
	}
}

// recipientsField reads the public halves of age keys. Whether each is one is
// found out by who uses it; here a secret half must not get through, for this
// setting is shown.
func recipientsField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			for _, one := range v.items {
				if !strings.HasPrefix(one, "age1") {
					return &problem{
						text:     "This is no public age key. A secret one, which opens backups, belongs elsewhere.",
						expected: "age1..., as `aiwfe-auth backup key` or age-keygen print it",
					}
				}
			}
			c.BackupRecipients = v.items
			return nil
		},
		show: func(c *Config) string { return strings.Join(c.BackupRecipients, ", ") },
	}
}

// leastPassphrase is the same that the backups ask for.
const leastPassphrase = 12

// checkBackups refuses a plan that could not be carried out: whoever wrote
// BACKUP_EVERY believes that there are backups.
func (l *loader) checkBackups() {
	c := l.c
	if !l.sound("BACKUP_EVERY", "BACKUP_RECIPIENT", "BACKUP_PASSPHRASE") {
		return
	}
	if !c.BackupPassphrase.Empty() && c.BackupPassphrase.Len() < leastPassphrase {
		l.fault("BACKUP_PASSPHRASE", problem{
			text:     "It is too short: whoever has the file may try as many passphrases as they like.",
			expected: "at least 12 characters, such as four words picked by dice",
		})
		return
	}
	if c.BackupEvery > 0 && len(c.BackupRecipients) == 0 && c.BackupPassphrase.Empty() {
		l.fault("BACKUP_EVERY", problem{
			text:     "Backups are to be made, and nothing is set to close them with: they hold every password hash.",
			expected: "BACKUP_RECIPIENT with a public key of `aiwfe-auth backup key`, or BACKUP_PASSPHRASE",
		})
	}
	if c.Database.Engine == SQLite && string(c.Database.DSN.Reveal()) == ":memory:" && c.BackupEvery > 0 {
		l.fault("BACKUP_EVERY", problem{
			text:     "The database lives in the memory of this process alone, so there is nothing to come back to.",
			expected: "a database file in DATABASE_URL, or BACKUP_EVERY=off",
		})
	}
}
