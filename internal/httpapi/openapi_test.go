package httpapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	strict "github.com/go-json-experiment/json"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/aiwfe/aiwfe-auth/api"
)

var update = flag.Bool("update", false, "write the committed document anew")

const committed = "../../api/openapi.json"

// document is made as for a release, with the routes alone: they need no service.
func document(t *testing.T) []byte {
	t.Helper()
	text, err := (&API{}).OpenAPI("dev", "http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCommittedDocumentIsUpToDate(t *testing.T) {
	text := document(t)
	if *update {
		if err := os.WriteFile(committed, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, text) {
		t.Error("api/openapi.json is stale; run go generate ./internal/httpapi")
	}
}

func TestTheSameRoutesGiveTheSameBytes(t *testing.T) {
	first := document(t)
	for range 5 {
		if !bytes.Equal(first, document(t)) {
			t.Fatal("two documents of the same routes differ")
		}
	}
}

func TestDocumentIsValidOpenAPI(t *testing.T) {
	doc, err := libopenapi.NewDocument(document(t))
	if err != nil {
		t.Fatal(err)
	}
	if v := doc.GetVersion(); v != "3.1.0" {
		t.Errorf("the version is %s", v)
	}
	v, errs := validator.NewValidator(doc)
	for _, e := range errs {
		t.Fatal(e)
	}
	ok, faults := v.ValidateDocument()
	for _, f := range faults {
		t.Errorf("%s: %s", f.Message, f.Reason)
		for _, s := range f.SchemaValidationErrors {
			t.Errorf("  %s: %s", s.KeywordLocation, s.Reason)
		}
	}
	if !ok && len(faults) == 0 {
		t.Error("the document is not valid")
	}
	if _, err := doc.BuildV3Model(); err != nil {
		t.Errorf("a reference leads nowhere: %v", err)
	}
}

// TestValidatorSeesFaults keeps the test above from passing for want of looking.
func TestValidatorSeesFaults(t *testing.T) {
	broken := bytes.Replace(document(t), []byte(`"operationId"`), []byte(`"operationIdentity"`), 1)
	broken = bytes.Replace(broken, []byte(`"responses": {`), []byte(`"responses": 1, "was": {`), 1)
	doc, err := libopenapi.NewDocument(broken)
	if err != nil {
		return
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		return
	}
	if ok, _ := v.ValidateDocument(); ok {
		t.Error("a broken document counts as valid")
	}
}

func TestEveryRouteIsDescribed(t *testing.T) {
	var doc openAPI
	if err := json.Unmarshal(document(t), &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, e := range (&API{}).endpoints() {
		op, ok := doc.Paths[e.Path][strings.ToLower(e.Method)]
		switch {
		case !ok:
			t.Errorf("%s %s is missing", e.Method, e.Path)
			continue
		case ids[op.OperationID] || op.OperationID == "":
			t.Errorf("%s %s: the operationId %q is empty or taken", e.Method, e.Path, op.OperationID)
		case op.Summary == "" || len(op.Tags) != 1:
			t.Errorf("%s has no summary or not one tag", op.OperationID)
		case (e.In != nil) != (op.RequestBody != nil):
			t.Errorf("%s: its body and that of the route differ", op.OperationID)
		}
		ids[op.OperationID] = true
		for _, c := range e.Codes {
			if !bytes.Contains(mustJSON(t, op), []byte(`/`+string(c)+`"`)) {
				t.Errorf("%s does not tell of %s", op.OperationID, c)
			}
		}
		told := string(mustJSON(t, op))
		if !strings.Contains(told, "/internal_error") {
			t.Errorf("%s does not tell of internal_error", op.OperationID)
		}
		// A health check answers a database that is away in its own shape.
		if strings.Contains(told, "/database_unavailable") == strings.HasPrefix(e.Path, "/api/health") {
			t.Errorf("%s tells of database_unavailable, or does not, against its kind", op.OperationID)
		}
	}
	known := map[string]bool{}
	for _, g := range doc.Tags {
		known[g.Name] = true
	}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if !known[op.Tags[0]] {
				t.Errorf("%s %s: the tag %q is not explained", method, path, op.Tags[0])
			}
		}
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestExamplesAreAccepted decodes each example as the server would.
func TestExamplesAreAccepted(t *testing.T) {
	for _, e := range (&API{}).endpoints() {
		for _, body := range []any{e.In, e.Out} {
			if body == nil {
				continue
			}
			text, err := exampleOf(body)
			if err != nil {
				t.Fatal(err)
			}
			v := reflect.New(reflect.TypeOf(body))
			if err := strict.Unmarshal(text, v.Interface(), strict.RejectUnknownMembers(true)); err != nil {
				t.Errorf("%s: %v in %s", e.Op, err, text)
			}
			if check, ok := v.Interface().(interface{ Validate() []api.FieldError }); ok {
				if bad := check.Validate(); len(bad) > 0 {
					t.Errorf("%s: the example is refused: %v", e.Op, bad)
				}
			}
		}
	}
}

// An example is what people copy: a handle of one kind must not look like one of
// another, and no answer shows what it never has.
func TestExamplesShowWhatAnAnswerHas(t *testing.T) {
	for _, c := range []struct {
		body      any
		has, lack string
	}{
		{api.Session{}, `"id":"ses_`, `"id":"42"`},
		{api.PersonalToken{}, `"id":"pat_`, `"id":"42"`},
		{api.TrustedDevice{}, `"id":"dev_`, `"id":"42"`},
		{api.FactorAdded{}, `"id":"fac_`, "challenge_token"},
		{api.User{}, `"id":"42"`, "ses_"},
		{api.Tokens{}, "refresh_token", `"user"`},
		{api.LoginAnswer{}, `"user"`, "requires_2fa"},
	} {
		text, err := exampleOf(c.body)
		if err != nil || !strings.Contains(string(text), c.has) || strings.Contains(string(text), c.lack) {
			t.Errorf("%T: %v %s", c.body, err, text)
		}
	}
}

func TestSchemasSayWhatTheServerDoes(t *testing.T) {
	var doc openAPI
	if err := json.Unmarshal(document(t), &doc); err != nil {
		t.Fatal(err)
	}
	schemas := doc.Components.Schemas
	for _, c := range []struct{ name, schema, want string }{
		{
			"what is hidden is not told", "ProfileChange",
			`{"type":"object","properties":{"language":{"description":"Of pages and letters, as a tag such as de; empty follows the browser.","type":["string","null"]},"name":{"description":"The name to be shown.","type":["string","null"],"maxLength":120}},"additionalProperties":false}`,
		},
		{
			"flags of FastAPI-Users are read but not told", "Registration",
			`"additionalProperties":false`,
		},
		{
			"a null cursor is an answer, so it is required and may be null", "SessionList",
			`"next_cursor":{"description":"Where the next page begins; null on the last.","type":["string","null"]}`,
		},
		{"a choice that may be null has null among its values", "UserChange", `"enum":["user","admin",null]`},
		{"times are RFC 3339", "User", `"created_at":{"type":"string","format":"date-time"}`},
		{"codes are a closed list", "Problem", `"$ref":"#/components/schemas/Code"`},
		{"passwords are marked", "LoginRequest", `"format":"password","maxLength":4096`},
	} {
		if got := string(mustJSON(t, schemas[c.schema])); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s is %s", c.name, c.schema, got)
		}
	}
	if s := string(mustJSON(t, schemas["Registration"])); strings.Contains(s, "is_superuser") {
		t.Errorf("a hidden member is told: %s", s)
	}
	if got := strings.Join(schemas["SessionList"].Required, " "); got != "items next_cursor" {
		t.Errorf("SessionList requires %q", got)
	}
}

func TestUnsafeRoutesTellOfForgery(t *testing.T) {
	for _, e := range (&API{}).endpoints() {
		told := map[api.Code]bool{}
		for _, c := range codesOf(&e) {
			told[c] = true
		}
		if e.Access == api.AccessProxy {
			continue // asked by no browser, but about what one sent
		}
		unsafe := e.Method != "GET"
		for _, c := range []api.Code{api.CodeOriginNotAllowed, api.CodeCSRFTokenMissing, api.CodeCSRFTokenInvalid, api.CodeCSRFTokenExpired} {
			if told[c] != unsafe {
				t.Errorf("%s: %s told is %v", e.Op, c, told[c])
			}
		}
		for _, c := range []api.Code{api.CodeBodyTooLarge, api.CodeUnsupportedMediaType, api.CodeMalformedJSON} {
			if told[c] != (e.In != nil) {
				t.Errorf("%s: %s told is %v", e.Op, c, told[c])
			}
		}
	}
}

func TestDocsPageShowsWhatTheDocumentHas(t *testing.T) {
	page, err := (&API{}).Docs("dev", "http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, g := range page.Groups {
		if len(g.Operations) == 0 {
			t.Errorf("the group %s is empty", g.Name)
		}
		for _, op := range g.Operations {
			ids[op.ID] = true
			if op.Access == "" || len(op.Responses) == 0 || len(op.Errors) == 0 {
				t.Errorf("%s says too little: %+v", op.ID, op)
			}
		}
	}
	for _, e := range (&API{}).endpoints() {
		if !ids[e.Op] {
			t.Errorf("%s is not on the page", e.Op)
		}
	}
}
