package config

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

// Look is what pages and letters wear.
func (c *Config) Look() brand.Look {
	return brand.Look{Name: c.ProductName, Logo: c.logo, Dark: c.logoDark, Accent: c.accent}
}

// productNameField is one line of text, for it stands in the subject and the sender of
// letters. In an authenticator app it is the label of accounts that are added from now
// on; an app keeps what it was told, and its codes do not depend on it. In the same
// way passkeys are bound to the host, and the name is only what the browser says while
// one is made. Who issues tokens is not called by it: that is PUBLIC_URL.
func productNameField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			if wrong := brand.CheckName(v.raw); wrong != "" {
				return &problem{text: wrong, expected: "1 to 40 characters on one line, such as Example Cloud"}
			}
			c.ProductName = v.raw
			return nil
		},
		show: func(c *Config) string { return c.ProductName },
	}
}

// logoField reads the picture at once, so that a faulty file stops the start, and a
// reload of one changes nothing.
func logoField(path func(*Config) *string, logo func(*Config) **brand.Logo) field {
	return field{
		parse: func(c *Config, v value) *problem {
			l, err := brand.ReadLogo(v.raw)
			if err != nil {
				return &problem{
					text:     "The picture cannot be used: " + strings.TrimSuffix(reason(err), ".") + ".",
					expected: "the path of an SVG, PNG or WebP of at most 256 KB that this user may read, see docs/guide/branding.md",
				}
			}
			*path(c), *logo(c) = v.raw, l
			c.files = append(c.files, v.raw)
			return nil
		},
		show: func(c *Config) string { return *path(c) },
	}
}

func accentField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			color, ok := brand.ParseColor(v.raw)
			if !ok {
				return &problem{
					text:     "This is no colour in six figures.",
					expected: "#rrggbb, such as #2f50d8, in quotes where # begins a comment",
				}
			}
			c.accent = &color
			return nil
		},
		show: func(c *Config) string {
			if c.accent == nil {
				return ""
			}
			return c.accent.String()
		},
	}
}

// colorAsComment tells of a colour that nobody reads: in YAML # begins a comment.
func (l *loader) colorAsComment(place, comment string) {
	if _, ok := brand.ParseColor(comment); ok {
		l.add(Fault{
			Variable: "ACCENT_COLOR", Origin: place, Problem: "The colour is a comment here, since # begins one.",
			Expected: "the colour in quotes: \"" + comment + "\"",
		})
	}
}

// checkLook: the logo for the dark stands in for another one, and is none by itself.
func (l *loader) checkLook() {
	if l.isSet("LOGO_DARK_FILE") && !l.isSet("LOGO_FILE") && l.sound("LOGO_DARK_FILE", "LOGO_FILE") {
		l.fault("LOGO_FILE", problem{
			text:     "LOGO_DARK_FILE is set, and it only takes the place of LOGO_FILE in the dark.",
			expected: "the picture for light pages, or LOGO_DARK_FILE unset",
			cause:    "settings_contradict",
		})
	}
}
