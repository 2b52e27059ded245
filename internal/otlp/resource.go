package otlp

import (
	"fmt"
	"net/url"
	"strings"
)

// resource says whose spans and log records they are.
func (o *Options) resource() ([]Attr, error) {
	list := []Attr{
		String("service.name", o.Service), String("service.version", o.Version), String("service.instance.id", o.Instance),
	}
	more, err := parsePairs("OTEL_RESOURCE_ATTRIBUTES", o.Attributes)
	for _, one := range more {
		if one.Key != "service.name" { // OTEL_SERVICE_NAME goes before it
			list = append(list, one)
		}
	}
	return list, err
}

// parsePairs reads name=value, separated by commas, in percent-encoding. An
// error never holds a value: headers are secrets.
func parsePairs(setting, text string) (list []Attr, err error) {
	for one := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		name, value, ok := strings.Cut(one, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !ok || name == "" || err != nil {
			return nil, fmt.Errorf("%s is not a list of name=value, separated by commas and percent-encoded", setting)
		}
		list = append(list, String(name, value))
	}
	return list, nil
}
