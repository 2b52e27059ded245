// Package config owns the settings: it reads defaults, a YAML file, the
// environment and flags, in this order of growing weight, into one checked
// Config and remembers who set what.
//
//	Load          reads everything and tells all faults at once
//	Config        the settings; its field comments are the manual
//	Settings      every value with its origin, secrets masked (config show)
//	InitYAML      a commented file with every setting (config init)
//	Warnings      what is not wrong but probably not meant either
//	EnsureSecrets makes the keys that nobody set, outside production
//
// ENVIRONMENT alone decides every safety default. Nothing here looks at a host
// name to guess it: a production host taken for development was the first
// failure this program exists to prevent.
//
// A plain table (settings.go) drives parsing, the _FILE forms, the near-miss
// warnings, show and init. Values stay text until they are parsed, with the
// file and line they came from, so that a fault can say where to mend it.
package config
