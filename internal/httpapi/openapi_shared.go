package httpapi

import "github.com/aiwfe/aiwfe-auth/api"

// security is who may call an endpoint, as OpenAPI says it: one of the
// schemes in the list is enough, and none is needed where it is empty.
func security(access string) []map[string][]string {
	switch access {
	case api.AccessSigned:
		return []map[string][]string{{"cookie": {}}, {"bearer": {}}, {"oauth2": {}}}
	case api.AccessEnrollee: // the challenge token stands in the body
		return []map[string][]string{{}, {"cookie": {}}, {"bearer": {}}, {"oauth2": {}}}
	case api.AccessAdmin:
		return []map[string][]string{{"cookie": {}}, {"bearer": {}}, {"oauth2": {"admin"}}}
	case api.AccessOperator:
		return []map[string][]string{{}, {"operator": {}}, {"cookie": {}}, {"bearer": {}}, {"oauth2": {"admin"}}}
	}
	return []map[string][]string{}
}

// shared is what operations refer to.
func shared(server string, schemas registry, problems map[string]example) components {
	return components{
		Schemas: schemas, Examples: problems,
		Parameters: map[string]parameter{
			"X-CSRF-TOKEN": {Name: "X-CSRF-TOKEN", In: "header", Description: csrfText, Schema: &schema{Type: "string"}},
		},
		Headers: map[string]header{
			"X-Request-ID":     {Description: "Names this answer; the same as request_id in an error.", Schema: &schema{Type: "string"}},
			"Retry-After":      {Description: "Seconds to wait before the next try.", Schema: &schema{Type: "integer"}},
			"WWW-Authenticate": {Description: "Always Bearer.", Schema: &schema{Type: "string"}},
		},
		SecuritySchemes: map[string]securityScheme{
			"cookie": {
				Type: "apiKey", In: "cookie", Name: "aiwfe_session",
				Description: "The session of a browser. On https the name has the prefix __Host-, or __Secure- where COOKIE_DOMAIN is set.",
			},
			"bearer":   {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "An access token. While one is shown, a cookie does not count."},
			"operator": {Type: "http", Scheme: "bearer", Description: "METRICS_TOKEN of the server."},
			"oauth2": {
				Type: "oauth2", Description: "The password form, for programs that are no browser.",
				Flows: map[string]flow{"password": {
					TokenURL: server + auth + "/jwt/login", RefreshURL: server + auth + "/jwt/refresh",
					Scopes: map[string]string{"read": "Read.", "write": "Change.", "admin": "Administer; for administrators only."},
				}},
			},
		},
	}
}
