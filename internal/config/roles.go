package config

import (
	"slices"
	"strings"
)

// rolesField reads the roles of which a second factor is demanded.
func rolesField() field {
	return field{
		parse: func(c *Config, v value) *problem {
			expected := "user, admin, both separated by a comma, or none"
			roles := []string{}
			for _, one := range v.items {
				switch one = strings.ToLower(one); one {
				case "user", "admin":
					if !slices.Contains(roles, one) {
						roles = append(roles, one)
					}
				case "none":
					if len(v.items) > 1 {
						return &problem{text: "It says none, and names a role beside it.", expected: expected}
					}
				default:
					return &problem{text: part(one) + " is no role.", expected: expected}
				}
			}
			c.MFARequiredRoles = roles
			return nil
		},
		show: func(c *Config) string {
			if len(c.MFARequiredRoles) == 0 {
				return "none"
			}
			return strings.Join(c.MFARequiredRoles, ", ")
		},
	}
}
