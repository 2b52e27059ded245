package proxyconf

import (
	"fmt"
	"net/url"
	"strings"
)

// Protected is an application that a proxy asks this server about.
type Protected struct {
	// Host is the name that it is asked for by, in lower case and without a port:
	// it has that of PUBLIC_URL.
	Host string
	// URL is where it listens.
	URL *url.URL
}

// ParseProtected reads host=address, such as app.example.com=http://127.0.0.1:3000.
func ParseProtected(text string) (Protected, error) {
	host, address, ok := strings.Cut(text, "=")
	u, err := url.Parse(address)
	switch {
	case !ok || err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil,
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return Protected{}, fmt.Errorf("%q is not of the form HOST=ADDRESS, such as app.example.com=http://127.0.0.1:3000", text)
	case host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || strings.Trim(host, ".-") != host:
		return Protected{}, fmt.Errorf("%q does not begin with a host name in lower case and without a port", text)
	}
	return Protected{host, u}, nil
}

// app is a Protected as templates see it.
type app struct {
	Host, Authority, Address, Name string
	TLS                            bool
}

func (d Deployment) apps(port string) (list []app) {
	for i, p := range d.Protect {
		a := app{Host: p.Host, Authority: p.Host, Address: p.URL.Host, Name: fmt.Sprintf("app%d", i+1), TLS: p.URL.Scheme == "https"}
		if port != "" {
			a.Authority += ":" + port
		}
		if p.URL.Port() == "" {
			a.Address += map[bool]string{true: ":443", false: ":80"}[a.TLS]
		}
		list = append(list, a)
	}
	return list
}

// Settings are what the server needs to be told beside TRUSTED_PROXIES.
func (d Deployment) Settings() (list []string) {
	if len(d.Protect) == 0 {
		return nil
	}
	origins, hosts := []string{}, []string{d.Public.Hostname()}
	for _, a := range d.apps(portOf(d.Public.Host)) {
		origins, hosts = append(origins, d.Public.Scheme+"://"+a.Authority), append(hosts, a.Host)
	}
	list = append(list, "CORS_ORIGINS="+strings.Join(origins, ","))
	if domain := shared(hosts); domain != "" {
		list = append(list, "COOKIE_DOMAIN="+domain)
	}
	return list
}

// shared is the longest domain above all hosts, "" where one label is all that
// they have in common or they are one host.
func shared(hosts []string) string {
	labels := strings.Split(hosts[0], ".")
	different := false
	for _, h := range hosts[1:] {
		different = different || h != hosts[0]
		other := strings.Split(h, ".")
		n := 0
		for n < min(len(labels), len(other)) && labels[len(labels)-1-n] == other[len(other)-1-n] {
			n++
		}
		labels = labels[len(labels)-n:]
	}
	if !different || len(labels) < 2 {
		return ""
	}
	return strings.Join(labels, ".")
}

// apart warns of applications to which no cookie of the sign-in comes along.
func (d Deployment) apart() (list []string) {
	hosts := []string{d.Public.Hostname()}
	for _, p := range d.Protect {
		hosts = append(hosts, p.Host)
	}
	for _, h := range hosts[1:] {
		if h != hosts[0] && shared([]string{hosts[0], h}) == "" {
			list = append(list, h+" shares no domain with "+hosts[0]+", so the cookie of a sign-in does not come along to it: "+
				"give both names under one domain.")
		}
	}
	return list
}
