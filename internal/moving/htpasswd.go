package moving

import (
	"bytes"
	"strings"
)

// htpasswd reads the file of Apache and nginx: a name, a colon and a hash on
// each line.
type htpasswd struct{ in *input }

// Next gives the next person.
func (h *htpasswd) Next() (*Record, error) {
	for {
		l, err := h.in.nextLine()
		if err != nil {
			return nil, err
		}
		text := bytes.TrimSpace(l.text)
		if len(text) == 0 && !l.tooLong || bytes.HasPrefix(text, []byte("#")) {
			continue
		}
		out := newRecord(l.number)
		if l.tooLong {
			return nil, out.refused("the row is larger than 1 MiB")
		}
		name, hash, ok := strings.Cut(string(text), ":")
		if !ok || name == "" {
			return nil, out.refused("the line is no name, colon and hash")
		}
		hash, _, _ = strings.Cut(hash, ":") // some programs keep more behind it
		out.Address = name
		out.takeHash(hash)
		switch {
		case hash == "":
			return nil, out.refused("there is no hash behind the colon")
		case strings.HasPrefix(hash, "{SHA}"):
			out.Lost = "the password is kept as one SHA-1 without salt ({SHA}), which is as good as no hash"
		case strings.HasPrefix(hash, "$apr1$"):
			out.Lost = "the password is kept as Apache's MD5 (apr1), which this program does not check"
		case len(hash) == 13 && !strings.ContainsAny(hash, "${}"):
			out.Lost = "the password is kept by the old crypt(3), of which only eight letters ever counted, or stands there as it is"
		}
		return out, nil
	}
}
