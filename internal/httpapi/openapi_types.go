package httpapi

import "encoding/json"

// The parts of OpenAPI 3.1 that our document uses. Maps are written with
// sorted keys, so that the same routes give the same bytes.

type openAPI struct {
	OpenAPI    string                          `json:"openapi"`
	Info       info                            `json:"info"`
	Servers    []server                        `json:"servers"`
	Tags       []tag                           `json:"tags"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components components                      `json:"components"`
}

type info struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Version     string `json:"version"`
}

type server struct {
	URL string `json:"url"`
}

type tag struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type operation struct {
	OperationID string                `json:"operationId"`
	Tags        []string              `json:"tags"`
	Summary     string                `json:"summary"`
	Description string                `json:"description"`
	Security    []map[string][]string `json:"security"`
	Parameters  []parameter           `json:"parameters,omitempty"`
	RequestBody *requestBody          `json:"requestBody,omitempty"`
	Responses   map[string]response   `json:"responses"`
}

type parameter struct {
	Ref         string  `json:"$ref,omitempty"`
	Name        string  `json:"name,omitempty"`
	In          string  `json:"in,omitempty"`
	Description string  `json:"description,omitempty"`
	Required    bool    `json:"required,omitempty"`
	Schema      *schema `json:"schema,omitempty"`
}

type requestBody struct {
	Required bool             `json:"required"`
	Content  map[string]media `json:"content"`
}

type response struct {
	Description string            `json:"description"`
	Headers     map[string]header `json:"headers,omitempty"`
	Content     map[string]media  `json:"content,omitempty"`
}

type header struct {
	Ref         string  `json:"$ref,omitempty"`
	Description string  `json:"description,omitempty"`
	Required    bool    `json:"required,omitempty"`
	Schema      *schema `json:"schema,omitempty"`
}

type media struct {
	Schema   *schema            `json:"schema"`
	Example  json.RawMessage    `json:"example,omitempty"`
	Examples map[string]example `json:"examples,omitempty"`
}

type example struct {
	Ref     string          `json:"$ref,omitempty"`
	Summary string          `json:"summary,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"`
}

type components struct {
	Schemas         map[string]*schema        `json:"schemas"`
	Parameters      map[string]parameter      `json:"parameters"`
	Headers         map[string]header         `json:"headers"`
	Examples        map[string]example        `json:"examples"`
	SecuritySchemes map[string]securityScheme `json:"securitySchemes"`
}

type securityScheme struct {
	Type         string          `json:"type"`
	Description  string          `json:"description,omitempty"`
	Scheme       string          `json:"scheme,omitempty"`
	BearerFormat string          `json:"bearerFormat,omitempty"`
	In           string          `json:"in,omitempty"`
	Name         string          `json:"name,omitempty"`
	Flows        map[string]flow `json:"flows,omitempty"`
}

type flow struct {
	TokenURL   string            `json:"tokenUrl"`
	RefreshURL string            `json:"refreshUrl"`
	Scopes     map[string]string `json:"scopes"`
}

// schema is JSON Schema 2020-12, as OpenAPI 3.1 has it.
type schema struct {
	Ref                  string             `json:"$ref,omitempty"`
	Description          string             `json:"description,omitempty"`
	Type                 any                `json:"type,omitempty"` // text, or a list with "null"
	Format               string             `json:"format,omitempty"`
	Enum                 []any              `json:"enum,omitempty"`
	MaxLength            int                `json:"maxLength,omitempty"`
	Properties           map[string]*schema `json:"properties,omitempty"`
	Required             []string           `json:"required,omitempty"`
	AdditionalProperties any                `json:"additionalProperties,omitempty"` // false, or a schema
	Items                *schema            `json:"items,omitempty"`
	AnyOf                []*schema          `json:"anyOf,omitempty"`
}
