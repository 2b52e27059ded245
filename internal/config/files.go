package config

import "slices"

// Files are those that the configuration was read from: by a change of one of
// them a running server knows that there is something to read anew.
func (c *Config) Files() (list []string) {
	list = append(list, c.files...)
	for _, s := range c.secrets {
		if s.Path != "" {
			list = append(list, s.Path)
		}
	}
	for _, k := range c.keptKeys() {
		if c.Kept(k.name) {
			list = append(list, k.path, Ring{k.name, k.path}.file())
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
