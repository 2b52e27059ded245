package config

import "github.com/aiwfe/aiwfe-auth/api"

// Warning is what does not stop the start and is probably not meant.
type Warning struct {
	// Cause is the doctor's name for it where it keeps people from signing in;
	// empty where it is only worth knowing.
	Cause api.Cause
	// Variable and Origin are the setting, where it is about one.
	Variable, Origin string
	// Text is a whole sentence.
	Text string
	// Expected says what would be right.
	Expected string
}

// Alerts are the warnings with all that is known of each.
func (c *Config) Alerts() []Warning { return append([]Warning(nil), c.warnings...) }

// Origin says who set a setting, "not set" if nobody did.
func (c *Config) Origin(name string) string {
	if o := c.origins[name]; o != "" {
		return o
	}
	return notSet
}

// Explicit says whether somebody chose the environment.
func (c *Config) Explicit() bool { return c.explicit }
