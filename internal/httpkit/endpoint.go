package httpkit

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Rule is what an endpoint asks of a request before its own work.
type Rule struct {
	Role  Role
	Guard Guard
	// Status of the answer; 0 is 200. With 204 nothing is written.
	Status int
}

// Nothing is the body of an endpoint that has none.
type Nothing struct{}

// Endpoint wraps a function in everything that endpoints share. In is the type
// of the JSON body (Nothing for none), Out that of the answer. The order of
// refusals is the contract's.
func Endpoint[In, Out any](rule Rule, f func(*Request, *In) (Out, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := From(w)
		q.r = r // the mux has put path values into it
		in, err := receive[In](q, rule)
		if err == nil && rule.Role != Anybody {
			_, err = q.Require(rule.Role)
		}
		if err != nil {
			q.Fail(err)
			return
		}
		out, err := f(q, in)
		switch {
		case err != nil:
			q.Fail(err)
		case rule.Status == http.StatusNoContent:
			q.WriteHeader(http.StatusNoContent)
		default:
			q.JSON(max(rule.Status, http.StatusOK), out)
		}
	})
}

// Receive reads and guards a request as Endpoint does, for a handler that
// answers in more ways than one.
func Receive[In any](q *Request, rule Rule) (*In, error) { return receive[In](q, rule) }

// Optional is Endpoint for a body that may be left out.
func Optional[In, Out any](rule Rule, f func(*Request, *In) (Out, error)) http.Handler {
	whole := Endpoint(rule, f)
	none := Endpoint(rule, func(q *Request, _ *Nothing) (Out, error) { return f(q, new(In)) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			none.ServeHTTP(w, r)
			return
		}
		whole.ServeHTTP(w, r)
	})
}

// ReceiveRefused is Receive that also gives the body of a request that the
// guard refuses, for whoever looks into why. Nothing may be done for it.
func ReceiveRefused[In any](q *Request, rule Rule) (*In, error) {
	in := new(In)
	body, err := q.Body("application/json")
	if err != nil {
		return nil, err
	}
	refused := q.CheckOrigin(rule.Guard)
	if refused == nil {
		refused = q.CheckToken(rule.Guard, q.r.Header.Get(CSRFHeader))
	}
	if err := understand(body, in); err != nil {
		if refused != nil {
			err = refused
		}
		return nil, err
	}
	return in, refused
}

func receive[In any](q *Request, rule Rule) (*In, error) {
	in := new(In)
	_, none := any(in).(*Nothing)
	var body []byte
	var err error
	if !none {
		if body, err = q.Body("application/json"); err != nil {
			return nil, err
		}
	}
	if err := q.CheckOrigin(rule.Guard); err != nil {
		return nil, err
	}
	if err := q.CheckToken(rule.Guard, q.r.Header.Get(CSRFHeader)); err != nil {
		return nil, err
	}
	if none {
		return in, nil
	}
	if err := understand(body, in); err != nil {
		return nil, err
	}
	return in, nil
}

// understand reads a body and asks its type whether it may be so.
func understand(body []byte, in any) error {
	if err := decode(body, in); err != nil {
		return err
	}
	if v, ok := in.(interface{ Validate() []api.FieldError }); ok {
		if bad := v.Validate(); len(bad) > 0 {
			return invalid(bad)
		}
	}
	return nil
}

func invalid(bad []api.FieldError) *fault.Error {
	f := fault.New(api.CodeValidationFailed, "", "Please correct the fields named below.")
	for _, b := range bad {
		f.Fields = append(f.Fields, fault.Field{Pointer: b.Pointer, Code: b.Code, Detail: b.Detail})
	}
	return f
}

// Body reads the whole body, of one of the given media types and of at most
// MaxBody bytes.
func (q *Request) Body(types ...string) ([]byte, error) {
	tooLarge := fault.New(api.CodeBodyTooLarge, "", "The request is larger than 64 KiB.")
	if q.r.ContentLength > MaxBody {
		return nil, tooLarge
	}
	body, err := q.Whole()
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, tooLarge
		}
		return nil, fault.New(api.CodeMalformedRequest, "body_unreadable", "The request ended before its body was complete.").Because(err)
	}
	media, params, err := mime.ParseMediaType(q.r.Header.Get("Content-Type"))
	if charset := params["charset"]; err == nil && (charset == "" || strings.EqualFold(charset, "utf-8")) &&
		len(q.r.Header["Content-Type"]) == 1 && q.r.Header.Get("Content-Encoding") == "" {
		for _, t := range types {
			if media == t {
				return body, nil
			}
		}
	}
	return nil, fault.New(api.CodeUnsupportedMediaType, "", "Please send this with Content-Type: "+strings.Join(types, " or ")+".")
}

// Whole reads the body. Once it is there its time does not matter any more: the
// library listens for the client going away, and would take what is left of it
// for that.
func (q *Request) Whole() ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(q.w, q.r.Body, MaxBody))
	if err == nil && q.r.Body != http.NoBody {
		_ = http.NewResponseController(q.w).SetReadDeadline(time.Time{})
	}
	return body, err
}

// decode reads JSON in one way only: a key twice, a key in another case, an
// unknown key, or anything after the value is refused (ASVS 1.5.3). Of what was
// sent only the name of an unknown key comes back, and only to whoever sent it.
func decode(body []byte, in any) error {
	malformed := func(reason, detail string, err error) error {
		return fault.New(api.CodeMalformedJSON, reason, detail).Because(err)
	}
	err := json.Unmarshal(body, in, json.RejectUnknownMembers(true))
	null := jsontext.Value(body).Kind() == 'n' // which the decoder takes for an empty object
	if err == nil && !null {
		return nil
	}
	semantic, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case err == nil:
		return malformed("json_not_an_object", "The body must be a JSON object.", errors.New("null"))
	case !ok:
		return malformed("json_syntax", "The body is not one well-formed JSON value with each key once.", errors.New("json syntax"))
	case errors.Is(err, json.ErrUnknownName):
		return malformed("json_unknown_key", "The body has "+named(semantic.JSONPointer.LastToken())+
			" that this endpoint does not know. Keys are read exactly, in their case.", errors.New("unknown key"))
	case semantic.JSONPointer == "" || semantic.JSONPointer == jsontext.Pointer("/"):
		return malformed("json_not_an_object", "The body must be a JSON object.", errors.New("not an object"))
	}
	return fault.Invalid(string(semantic.JSONPointer), "wrong_type", "This field has a value of the wrong type.")
}

// maxKey is how much of an unknown key is quoted.
const maxKey = 40

// named quotes a key where it is plain text. It is the client's own: whatever
// else it may be, in another script, with controls, or endless, is left out.
func named(key string) string {
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "a key"
	}
	if len(key) > maxKey {
		return "the key " + strconv.Quote(key[:maxKey]) + "..."
	}
	return "the key " + strconv.Quote(key)
}
