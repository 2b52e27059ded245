package web

import "strings"

// DocsPage is the API reference.
type DocsPage struct {
	Base
	// Intro is one paragraph on top.
	Intro string
	// Server is the base URL, SpecHref the address of the OpenAPI document.
	Server, SpecHref string
	Groups           []DocsGroup
}

// DocsGroup holds the operations of one tag.
type DocsGroup struct {
	// Anchor is the id of the heading, unique on the page.
	Anchor, Name, Text string
	Operations         []DocsOperation
}

// DocsOperation is one method on one path.
type DocsOperation struct {
	// ID is the operationId, and the anchor.
	ID, Method, Path, Summary, Text string
	// Access says in words who may call it, such as "Needs a session or a bearer token."
	Access         string
	Parameters     []DocsField
	Request        []DocsField
	RequestExample string
	Responses      []DocsResponse
	Errors         []DocsError
}

// MethodClass picks the colour of the method.
func (o DocsOperation) MethodClass() string {
	switch m := strings.ToLower(o.Method); m {
	case "get", "post", "delete":
		return m
	case "put", "patch":
		return "change"
	}
	return "other"
}

// HasExamples says whether the column of examples is needed.
func (o DocsOperation) HasExamples() bool {
	if o.RequestExample != "" {
		return true
	}
	for _, r := range o.Responses {
		if r.Example != "" {
			return true
		}
	}
	return false
}

// DocsField is a parameter or a member of a body.
type DocsField struct {
	Name, Type string
	// In is where a parameter stands: path, query, header, cookie.
	In       string
	Required bool
	Text     string
}

// DocsResponse is one answer that is no error.
type DocsResponse struct {
	Status  int
	Text    string
	Fields  []DocsField
	Example string
}

// DocsError is one error the operation may answer.
type DocsError struct {
	Status      int
	Code, Title string
}
