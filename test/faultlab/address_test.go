package faultlab

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// addressInjections are settings of cookies, origins and proxies that can be
// judged as they stand.
func addressInjections() []injection {
	type env = map[string]string
	return []injection{
		by("D1", "COOKIE_DOMAIN of another site", "cookie_domain_mismatch", real(env{"COOKIE_DOMAIN": "example.org"})),
		by("D1", "COOKIE_DOMAIN of a sibling host", "cookie_domain_mismatch", real(env{"COOKIE_DOMAIN": "app.example.com"})),
		by("D1", "COOKIE_DOMAIN with a scheme", "cookie_domain_mismatch", real(env{"COOKIE_DOMAIN": "https://example.com"})),
		by("D1", "COOKIE_DOMAIN left from development", "cookie_domain_mismatch", real(env{"COOKIE_DOMAIN": "localhost"})),
		yaml("D1", "COOKIE_DOMAIN of an address of digits", "cookie_domain_mismatch", "cookie_domain: 127.0.0.1\n"),

		by("D7", "a suffix of a country", "cookie_public_suffix", real(env{"PUBLIC_URL": "https://auth.shop.co.uk", "COOKIE_DOMAIN": "co.uk"})),
		by("D7", "a suffix of the private section", "cookie_public_suffix", real(env{"PUBLIC_URL": "https://me.duckdns.org", "COOKIE_DOMAIN": ".duckdns.org"})),
		by("D7", "a suffix of a hosting platform", "cookie_public_suffix", real(env{"PUBLIC_URL": "https://aiwfe.fly.dev", "COOKIE_DOMAIN": "fly.dev"})),
		yaml("D7", "a suffix in the file", "cookie_public_suffix", "cookie_domain: vercel.app\n"),

		by("D5", "PUBLIC_URL without a scheme", "public_url_wrong", real(env{"PUBLIC_URL": "auth.example.com"})),
		by("D5", "PUBLIC_URL in quotation marks", "public_url_wrong", real(env{"PUBLIC_URL": `"https://auth.example.com"`})),
		by("D5", "PUBLIC_URL with the path of the login page", "public_url_wrong", real(env{"PUBLIC_URL": "https://auth.example.com/login"})),

		by("D21", "an origin with a slash at the end", "cors_origin_wrong", real(env{"CORS_ORIGINS": "https://app.example.com/"})),
		by("D21", "every origin", "cors_origin_wrong", real(env{"CORS_ORIGINS": "*"})),
		by("D21", "an origin without its scheme", "cors_origin_wrong", env{"CORS_ORIGINS": "app.example.com"}),

		by("D22", "everybody is a trusted proxy", "trusted_proxies_too_wide", real(env{"TRUSTED_PROXIES": "0.0.0.0/0"})),
		by("D22", "every proxy by a star", "trusted_proxies_too_wide", real(env{"TRUSTED_PROXIES": "*"})),
		by("D22", "everybody in many small networks", "trusted_proxies_too_wide", env{"TRUSTED_PROXIES": manyNetworks()}),
		by("D22", "no proxy is trusted, and nobody ends TLS", "trusted_proxies_missing", real(env{"TRUSTED_PROXIES": ground.Unset, "LISTEN_ADDR": ":0"})),
		kept("D22", "no proxy is trusted, and one must be in front", "trusted_proxies_missing", real(env{"TRUSTED_PROXIES": ground.Unset})),

		{
			fault: "D4", how: "a certificate without its key", cause: "tls_files_unusable",
			examine: func(t *testing.T) api.Diagnosis {
				return doctor(t, ground.Unstarted(t, real(env{"TLS_CERT_FILE": file(t, "cert.pem", "no certificate")})))
			},
		},
		{
			fault: "D4", how: "two files that are no certificate and no key", cause: "tls_files_unusable",
			examine: func(t *testing.T) api.Diagnosis {
				return doctor(t, ground.Unstarted(t, real(env{"TLS_CERT_FILE": file(t, "cert.pem", "none"), "TLS_KEY_FILE": file(t, "key.pem", "none")})))
			},
		},
	}
}

// manyNetworks are none of them too wide by itself.
func manyNetworks() string {
	list := "11.0.0.0/8"
	for _, first := range []string{
		"12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35",
		"36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
		"60", "61", "62", "63", "64", "65", "66", "67", "68", "69", "70", "71", "72", "73", "74", "75",
	} {
		list += "," + first + ".0.0.0/8"
	}
	return list
}
