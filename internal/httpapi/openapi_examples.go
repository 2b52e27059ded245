package httpapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// samples are the values that examples show, by the name of the field.
var samples = map[string]string{
	"access_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl", "token_type": "bearer",
	"actor_id": "42", "address": "ada@example.com", "api_base_url": "https://auth.example.com", "code": "287082", "challenge_token": "d2FpdHMtZm9yLWEtY29kZQ", "method": "totp",
	"cookie_domain": "", "csrf": "operational", "csrf_token": "AQAAAZ2kUq1mZXhhbXBsZS1vZi1hLXRva2Vu",
	"current_password": "the current one, in words", "detail": "password", "device": "Firefox on Linux", "device_id": "dev_u3k5wq7n",
	"email": "ada@example.com", "event": "login", "invitation": "Zm9yLXRoZS1pbnZpdGVk", "ip": "192.0.2.7",
	"key_id": "c7k2m4q6w8xz", "link": "https://auth.example.com/invitation?token=Zm9yLXRoZS1pbnZpdGVk", "name": "Ada Lovelace",
	"new_password": "plums in the icebox, so cold", "password": "plums in the icebox, so cold",
	"public_url": "https://auth.example.com", "refresh_token": "aiwfe_rt_b25lLXVzZQ", "request_id": "4kq2v7m5xw3ynbtd",
	"route": "POST /api/v1/auth/jwt/login", "session_id": "ses_m3v6x2k7", "target": "> 0.995", "token": "b25lLXRpbWU",
	"user_agent": "curl/8.14.1", "user_id": "42", "username": "ada@example.com", "version": "1.0.0",
}

// keys are what examples show as the keys of a map.
var keys = map[string]string{
	"checks": "database", "failures": "invalid_credentials", "series": "login_success_ratio", "targets": "login_success_ratio", "pools": "main", "refused": "csrf_token_expired", "windows": "5m",
}

// absent are the members that examples leave empty.
var absent = map[string]bool{"next_cursor": true, "reason": true, "code": true, "actor_id": true, "of": true}

// ids are the handles that examples show, by the type that has one: whoever
// reads an example must not take one for the other. Accounts have numbers.
var ids = map[string]string{
	"Session": "ses_m3v6x2k7", "Factor": "fac_h2r8t4ma", "PersonalToken": "pat_q6y3nb9d", "TrustedDevice": "dev_u3k5wq7n",
}

// unlike are members that do not go with the others of their type: what a
// refresh never has, and what a login has in place of tokens.
var unlike = map[string][]string{
	"Tokens": {"user"}, "LoginAnswer": {"requires_2fa", "enrollment_required", "challenge_token", "methods"},
}

// exampleOf makes a value of a body type, with every member filled in that one
// answer may have.
func exampleOf(v any) (json.RawMessage, error) {
	filled := reflect.New(reflect.TypeOf(v)).Elem()
	fillStruct(filled)
	return json.Marshal(filled.Interface())
}

func fillStruct(v reflect.Value) {
	of := v.Type().Name()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if slices.Contains(unlike[of], name) {
			continue
		}
		if id, ok := ids[of]; ok && name == "id" {
			v.Field(i).SetString(id)
			continue
		}
		if f.Tag.Get("hidden") == "true" || absent[name] && !strings.HasSuffix(of, "Answer") && of != "TOTPConfirm" {
			continue
		}
		enum, _, _ := strings.Cut(f.Tag.Get("enum"), ",")
		fill(v.Field(i), name, enum)
	}
}

func fill(v reflect.Value, name, enum string) {
	if v.Type() == timeType {
		v.Set(reflect.ValueOf(time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)))
		return
	}
	if v.Type() == rawType {
		v.SetBytes([]byte(`{"...": "as the browser gives it"}`))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(sample(name, enum))
	case reflect.Bool:
		v.SetBool(name != "is_superuser" && name != "pooler")
	case reflect.Int, reflect.Int64:
		v.SetInt(map[string]int64{"expires_in": 3600, "size": 10, "idle": 9, "workers": 2, "pending": 0, "waits": 0, "waiting": 0, "at": 1795525200, "step_seconds": 900}[name])
		if v.IsZero() && !strings.HasPrefix(name, "wait") && name != "pending" {
			v.SetInt(1)
		}
	case reflect.Float64:
		v.SetFloat(map[string]float64{"success_rate": 1, "honest_success_rate": 1, "value": 1, "use": 0.1, "series": 0.998, "targets": 0.995}[name])
		if v.IsZero() {
			v.SetFloat(42.5)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name, enum)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name, enum)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, name, enum)
		v.SetMapIndex(reflect.ValueOf(keys[name]), value)
	case reflect.Struct:
		fillStruct(v)
	}
}

func sample(name, enum string) string {
	switch name {
	case "scopes":
		return "read"
	case "methods":
		return "password"
	case "checks":
		return "connected"
	case "id":
		return "42"
	}
	if enum != "" {
		return enum
	}
	return samples[name]
}
