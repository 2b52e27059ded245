package moving

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/password"
)

// keycloakCredential has JSON as text in two of its members; before version 8
// the same stood in members of its own.
type keycloakCredential struct {
	Type   string `json:"type"`
	Label  string `json:"userLabel"`
	Value  string `json:"value"`
	Data   string `json:"credentialData"`
	Secret string `json:"secretData"`

	OldHash       string `json:"hashedSaltedValue"`
	OldSalt       string `json:"salt"`
	OldIterations int64  `json:"hashIterations"`
	OldAlgorithm  string `json:"algorithm"`
	OldDigits     int    `json:"digits"`
	OldPeriod     int    `json:"period"`
}

// keycloakData is the text of credentialData.
type keycloakData struct {
	Iterations uint64              `json:"hashIterations"`
	Algorithm  string              `json:"algorithm"`
	More       map[string][]string `json:"additionalParameters"`
	SubType    string              `json:"subType"`
	Digits     int                 `json:"digits"`
	Period     int                 `json:"period"`
	Encoding   string              `json:"secretEncoding"`
}

// keycloakSecret is the text of secretData.
type keycloakSecret struct {
	Value string `json:"value"`
	Salt  string `json:"salt"`
}

// take adds a credential to the person.
func (c *keycloakCredential) take(out *Record) error {
	switch c.Type {
	case "webauthn":
		out.FactorLost = "a security key, which is bound to the other system"
		return nil
	case "webauthn-passwordless":
		out.Left = append(out.Left, "passkeys")
		return nil
	case "recovery-authn-codes":
		out.Left = append(out.Left, "backup codes")
		return nil
	case "password", "otp", "totp", "hotp":
	default:
		out.Left = append(out.Left, "credentials of the kind "+short(c.Type))
		return nil
	}
	data, hidden, err := c.read()
	if err != nil {
		return out.refused("its credential of the kind %s cannot be read: %v", c.Type, err)
	}
	if c.Type == "password" {
		c.password(out, data, hidden)
	} else {
		c.code(out, data, hidden)
	}
	return nil
}

// read gives both texts, or what older versions have instead.
func (c *keycloakCredential) read() (data keycloakData, hidden keycloakSecret, err error) {
	if c.Data == "" && c.Secret == "" {
		data = keycloakData{
			Algorithm: c.OldAlgorithm, SubType: c.Type, Digits: c.OldDigits, Period: c.OldPeriod,
		}
		if c.OldIterations > 0 {
			data.Iterations = uint64(c.OldIterations)
		}
		return data, keycloakSecret{Value: c.OldHash, Salt: c.OldSalt}, nil
	}
	if err := decode([]byte(c.Data), &data); err != nil {
		return data, hidden, fmt.Errorf("credentialData: %w", err)
	}
	if err := decode([]byte(c.Secret), &hidden); err != nil {
		return data, hidden, fmt.Errorf("secretData: %w", err)
	}
	return data, hidden, nil
}

func (c *keycloakCredential) password(out *Record, data keycloakData, hidden keycloakSecret) {
	switch {
	case out.Hash != "":
		return // the first one counts
	case hidden.Value == "" && c.Value != "":
		out.Lost = "the file holds the password itself, which is not taken from any file"
		return
	case hidden.Value == "":
		out.Lost = "the export was made without passwords; kc.sh export writes them"
		return
	}
	key, errKey := base64.StdEncoding.DecodeString(hidden.Value)
	salt, errSalt := base64.StdEncoding.DecodeString(hidden.Salt)
	if errKey != nil || errSalt != nil {
		out.Lost = "the hash of its password is no base64"
		return
	}
	switch a := strings.ToLower(data.Algorithm); a {
	case "pbkdf2", "":
		out.takeHash(password.PBKDF2("sha1", data.Iterations, salt, key))
	case "pbkdf2-sha256", "pbkdf2-sha512":
		out.takeHash(password.PBKDF2(strings.TrimPrefix(a, "pbkdf2-"), data.Iterations, salt, key))
	case "argon2":
		if v := data.one("version"); v != "1.3" && v != "" {
			out.Lost = "the password is kept by argon2 of an older version"
			return
		}
		memory, lanes := data.number("memory"), data.number("parallelism")
		out.takeHash(password.Argon2("argon2"+data.one("type"), memory, data.Iterations, lanes, salt, key))
	default:
		out.Lost = "the password is kept by " + short(a) + ", which this program does not check"
	}
}

func (d keycloakData) one(name string) string {
	if v := d.More[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (d keycloakData) number(name string) uint64 {
	n, _ := strconv.ParseUint(d.one(name), 10, 64)
	return n
}

// code takes an authenticator app. Its key is the text as it stands, letter by
// letter, unless an encoding is named.
func (c *keycloakCredential) code(out *Record, data keycloakData, hidden keycloakSecret) {
	digits, period := "", ""
	if data.Digits != 0 {
		digits = strconv.Itoa(data.Digits)
	}
	if data.Period != 0 {
		period = strconv.Itoa(data.Period)
	}
	switch {
	case data.SubType == "hotp" || c.Type == "hotp":
		out.FactorLost = "its authenticator app counts, where here it goes by the clock"
	case hidden.Value == "":
		out.FactorLost = "the key of its authenticator app was not exported"
	case strings.EqualFold(data.Encoding, "BASE32"):
		out.takeSeed(hidden.Value, c.Label, data.Algorithm, digits, period)
	case data.Encoding != "":
		out.FactorLost = "the key of its authenticator app is in the encoding " + short(data.Encoding)
	default:
		out.takeKey([]byte(hidden.Value), c.Label, data.Algorithm, digits, period)
	}
}
