package api

// Document is the reference of the API as a page shows it: made of the same
// list of endpoints as the OpenAPI document, and free of any page's markup.
type Document struct {
	Title, Version string
	// Intro is one paragraph on top.
	Intro string
	// Server is the base URL, SpecHref the address of the OpenAPI document.
	Server, SpecHref string
	Groups           []Group
}

// Group holds the operations of one tag.
type Group struct {
	// Anchor is the id of the heading, unique on the page.
	Anchor, Name, Text string
	Operations         []Operation
}

// Operation is one method on one path.
type Operation struct {
	// ID is the operationId, and the anchor.
	ID, Method, Path, Summary, Text string
	// Access says in words who may call it.
	Access         string
	Parameters     []Member
	Request        []Member
	RequestExample string
	Responses      []Response
	Errors         []ErrorRef
}

// Member is a parameter, or a member of a body.
type Member struct {
	Name, Type string
	// In is where a parameter stands: path, query or header.
	In       string
	Required bool
	Text     string
}

// Response is one answer that is no error.
type Response struct {
	Status  int
	Text    string
	Fields  []Member
	Example string
}

// ErrorRef is one error that the operation may answer.
type ErrorRef struct {
	Status int
	Code   Code
	Title  string
}
