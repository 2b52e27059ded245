package moving

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lines reads to the end and tells each row by its line: the address, or why not.
func lines(t *testing.T, system, text string) (told []string, end error) {
	t.Helper()
	reader, err := Read(system, strings.NewReader(text), today)
	if err != nil {
		t.Fatal(err)
	}
	o := &Options{Source: system, Domain: ""}
	for {
		rec, err := reader.Next()
		if err == nil {
			var n *Newcomer
			var refused *Refused
			if n, refused = o.prepare(rec, today); refused == nil {
				told = append(told, fmt.Sprintf("%d %s", n.Line, n.Address))
				continue
			}
			err = refused
		}
		refused, one := errors.AsType[*Refused](err)
		if !one {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return told, err
		}
		told = append(told, fmt.Sprintf("%d %s", refused.Line, refused.Reason))
	}
}

const aHash = "$2b$04$abcdefghijklmnopqrstuuN9qo8uLOickgx2ZMRZoMyeIjZAgcfl7"

// What is wrong with one row costs that row, and is told with its line.
func TestHostileRowsAreRefusedOneByOne(t *testing.T) {
	huge := strings.Repeat("x", 3<<20)
	user := func(address string) string {
		return `{"email":"` + address + `","passwordHash":"` + aHash + `"}`
	}
	const head = "id,email,hashed_password,name\n"
	for _, c := range []struct {
		name, system, text string
		want               []string
		end                string
	}{
		{"sound", "auth0", user("a@x.example") + "\n\n" + user("b@x.example"), []string{"1 a@x.example", "3 b@x.example"}, ""},
		{
			"broken JSON", "auth0", user("a@x.example") + "\n{\"email\":\"b@x.example\",}\n" + user("c@x.example"),
			[]string{"1 a@x.example", "2 the JSON is broken", "3 c@x.example"},
			"",
		},
		{
			"a string without an end", "auth0", `{"email":"a@x.example` + "\n" + user("b@x.example"),
			[]string{"1 a string is not closed at the end of its line", "2 b@x.example"},
			"",
		},
		{
			"a brace that is missing", "auth0", `{"email":"a@x.example","app_metadata":{"x":1}` + "\n" + user("b@x.example"),
			[]string{"1 a closing brace is missing", "2 b@x.example"},
			"",
		},
		{
			"a brace too many", "auth0", user("a@x.example") + "}\n" + user("b@x.example"),
			[]string{"1 a@x.example", "1 here stands something else than an object", "2 b@x.example"},
			"",
		},
		{"a bracket for a brace", "auth0", "{\"email\":\"a@x.example\"]\n" + user("b@x.example"), []string{"1 braces and brackets do not fit", "2 b@x.example"}, ""},
		{"nothing of it JSON", "auth0", user("a@x.example") + "\nDROP TABLE users\n" + user("b@x.example"), []string{
			"1 a@x.example", "2 here stands something else than an object", "3 b@x.example",
		}, ""},
		{"the same name twice", "auth0", `{"email":"a@x.example","email":"b@x.example"}`, []string{"1 a name stands twice in the JSON at /email"}, ""},
		{"another type", "auth0", `{"email":{"$ne":null}}`, []string{"1 the JSON holds a value of another type than expected at /email"}, ""},
		{"a NUL", "auth0", `{"email":"a@x.example","name":"a\u0000b"}`, []string{"1 its name is no text"}, ""},
		{"bytes that are no text", "auth0", "{\"email\":\"a\xff@x.example\"}", []string{"1 the JSON is broken at /email"}, ""},
		{"a huge field", "auth0", `{"email":"` + huge + `"}` + "\n" + user("b@x.example"), []string{"1 the row is larger than 1 MiB", "2 b@x.example"}, ""},
		{"nested without end", "auth0", `{"a":` + strings.Repeat("[", 100_000) + "\n" + user("b@x.example"), []string{"1 it is nested too deep", "2 b@x.example"}, ""},
		{"a name too long", "auth0", `{"email":"a@x.example","name":"` + strings.Repeat("x", 200) + `"}`, []string{"1 its name has more than 120 characters"}, ""},
		{"a name that turns the line round", "auth0", `{"email":"a@x.example","name":"a\u202eb"}`, []string{"1 its name holds control characters"}, ""},
		{"two addresses in one", "auth0", `{"email":"a@x.example,b@x.example"}`, []string{
			"1 its address is none: This is not an e-mail address such as name@example.com.",
		}, ""},
		{"no address", "auth0", `{"user_id":"x"}`, []string{"1 it has no e-mail address"}, ""},
		{
			"an array that is cut off", "auth0", "[\n" + user("a@x.example") + ",\n" + `{"email":"b@`,
			[]string{"2 a@x.example", "3 the file ends in the middle of it"},
			"cut off",
		},
		{"an array without an end", "auth0", "[" + user("a@x.example"), []string{"1 a@x.example"}, "cut off"},
		{
			"an array with a broken element", "kratos", "[\n  {\n    \"traits\": {\"email\": \"a@x.example\n  },\n  {\n    \"traits\": {\"email\": \"b@x.example\"}\n  }\n]",
			[]string{"2 a string is not closed at the end of its line", "5 b@x.example"},
			"",
		},
		{"a realm whose list is no list of people", "keycloak", `{"users":[1,{"email":"a@x.example"}]}`, []string{"1 here stands something else than an object; nothing after it could be read"}, "cut off"},
		{
			"dear hash", "fastapi-users", head + "1,a@x.example,pbkdf2_sha256$1000000000$salt$cfcKhhxcNxLiYkdI3PmwvC7bkgo8NgNRqnZO52mB1Rg=,\n2,b@x.example," + aHash + ",\n",
			[]string{"2 the password is kept as a hash that costs more than one sign-in may; --invite sends the person a link to a new one", "3 b@x.example"},
			"",
		},
		{"a quote without an end", "fastapi-users", head + "1,\"a@x.example," + aHash + ",\n2,b@x.example," + aHash + ",\n", []string{
			"2 a quote is opened and never closed", "3 b@x.example",
		}, ""},
		{
			"a quote that closes a megabyte later", "fastapi-users", head + "1,\"a@x.example," + aHash + ",\n2,b@x.example," + aHash + ",\n3,c@x.example," + huge + ",\"\n4,d@x.example," + aHash + ",\n",
			[]string{"2 a quote is opened and never closed", "3 b@x.example", "4 the row is larger than 1 MiB", "5 d@x.example"},
			"",
		},
		{"a field over two lines", "fastapi-users", head + "1,a@x.example," + aHash + ",\"Ada\nLovelace\"\n2,b@x.example," + aHash + ",\n", []string{
			"2 its name holds control characters", "4 b@x.example",
		}, ""},
		{"too few fields", "fastapi-users", head + "1,a@x.example\n2,b@x.example," + aHash + ",\n", []string{"2 the row has 2 fields where the first line names 4", "3 b@x.example"}, ""},
		{"a quote in the middle", "fastapi-users", head + "1,a\"b\"@x.example,x,\n2,b@x.example," + aHash + ",\n", []string{
			`2 the row is no CSV: bare " in non-quoted-field`, "3 b@x.example",
		}, ""},
		{"a NUL in CSV", "fastapi-users", head + "1\x00,a@x.example," + aHash + ",\n", []string{"2 its id is no plain text of at most 200 characters"}, ""},
		{"a formula", "fastapi-users", head + "1,a@x.example," + aHash + ",\"=HYPERLINK(\"\"http://evil.example\"\")\"\n", []string{"2 a@x.example"}, ""},
		{"semicolons", "fastapi-users", strings.ReplaceAll(head, ",", ";") + "1;a@x.example;" + aHash + ";\n", []string{"2 a@x.example"}, ""},
		{"Windows", "fastapi-users", "\xef\xbb\xbf" + strings.ReplaceAll(head+"1,a@x.example,"+aHash+",\n", "\n", "\r\n"), []string{"2 a@x.example"}, ""},
		{"htpasswd, huge", "htpasswd", huge + "\nb@x.example:" + aHash, []string{"1 the row is larger than 1 MiB", "2 b@x.example"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, end := lines(t, c.system, c.text)
			if diff := cmp.Diff(c.want, told); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := fmt.Sprint(end); c.end == "" && end != nil || !strings.Contains(got, c.end) {
				t.Errorf("it ends with %v, want %q", end, c.end)
			}
		})
	}
}

// What is none of the system at all ends at once, with words that help.
func TestFilesOfAnotherKindAreRefusedWhole(t *testing.T) {
	for _, c := range []struct{ system, text, says string }{
		{"keycloak", "", "empty"},
		{"keycloak", "id,email\n", "no JSON"},
		{"keycloak", `{"realm":"x","clients":[]}`, `no list "users"`},
		{"keycloak", `[{"username":"x"}]`, `no list "users"`},
		{"fastapi-users", "", "no first line"},
		{"fastapi-users", "a,b,c\n", "no column email"},
		{"fastapi-users", "email,email,hashed_password\n", "a column twice"},
		{"gotrue", "id,email\n", "no column encrypted_password"},
		{"django", "\xff\xfei\x00d\x00", "UTF-16"},
		{"auth0", "\x1f\x8b\x08broken", "gzip"},
		{"okta", "", "no system"},
	} {
		_, err := Read(c.system, strings.NewReader(c.text), today)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s, %q: %v, want %q", c.system, c.text, err, c.says)
		}
	}
}

func TestReportHoldsNoFormulaAndNoHash(t *testing.T) {
	var csv, lines strings.Builder
	for _, c := range []struct {
		w     *strings.Builder
		asCSV bool
	}{{&csv, true}, {&lines, false}} {
		put, finish := Report(c.w, c.asCSV)
		for _, r := range []Refused{{Line: 2, ID: "=1+1", Address: "@SUM(A1)", Reason: "why"}, {Line: 3, ID: "-2", Address: "a,b", Reason: `"`}} {
			if err := put(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := finish(); err != nil {
			t.Fatal(err)
		}
	}
	if want := "line,id,address,reason\n2,'=1+1,'@SUM(A1),why\n3,'-2,\"a,b\",\"\"\"\"\n"; csv.String() != want {
		t.Errorf("got %q, want %q", csv.String(), want)
	}
	if want := "{\"line\":2,\"id\":\"=1+1\",\"address\":\"@SUM(A1)\",\"reason\":\"why\"}\n"; !strings.HasPrefix(lines.String(), want) {
		t.Errorf("got %q", lines.String())
	}
}

// FuzzRead: no file may end the program, or be read without an end.
func FuzzRead(f *testing.F) {
	for _, system := range Systems() {
		f.Add(system, "{\"users\":[{\"email\":\"a@x.example\"},{]}")
		f.Add(system, "id,email,hashed_password,encrypted_password,password\n1,\"a\n")
	}
	f.Fuzz(func(t *testing.T, system, text string) {
		reader, err := Read(system, strings.NewReader(text), today)
		if err != nil {
			return
		}
		for range len(text) + 2 {
			_, err := reader.Next()
			if _, one := errors.AsType[*Refused](err); err != nil && !one {
				return
			}
		}
		t.Error("there are more rows than bytes")
	})
}
