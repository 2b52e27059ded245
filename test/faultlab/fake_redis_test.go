package faultlab

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const hour = time.Hour

// fakeRedis answers the few commands that are asked, for states that a real
// Redis cannot be brought into. Answers are by command; "" is the answer to
// all, an empty answer is none ever, "ahead" is a clock that is 90 s ahead.
func fakeRedis(t *testing.T, answers map[string]string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var kept sync.Map
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go speakRedis(conn, answers, &kept)
		}
	}()
	return l.Addr().String()
}

func speakRedis(conn net.Conn, answers map[string]string, kept *sync.Map) {
	in := bufio.NewReader(conn)
	for {
		words, err := redisWords(in)
		if err != nil {
			_ = conn.Close()
			return
		}
		if _, err := io.WriteString(conn, redisAnswer(words, answers, kept)); err != nil {
			return
		}
	}
}

func redisAnswer(words []string, answers map[string]string, kept *sync.Map) string {
	name := strings.ToUpper(words[0])
	for _, key := range []string{name, ""} {
		if a, ok := answers[key]; ok {
			if a != "ahead" {
				return a
			}
			return clockAnswer(90)
		}
	}
	switch name {
	case "PING":
		return "+PONG\r\n"
	case "HELLO":
		return "%2\r\n+proto\r\n:3\r\n+version\r\n+7.0.0\r\n"
	case "TIME":
		return clockAnswer(0)
	case "EVAL": // the script that counts: nobody has to wait
		return ":0\r\n"
	case "INFO":
		return bulk("redis_version:7.0.0\r\nrole:master\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n")
	case "CLUSTER":
		return "-ERR This instance has cluster support disabled\r\n"
	case "SET": // NX where there is nothing yet, XX never
		if len(words) > 3 && words[3] == "XX" {
			return "_\r\n"
		}
		if _, there := kept.LoadOrStore(words[1], words[2]); there {
			return "_\r\n"
		}
	case "GET":
		if value, there := kept.Load(words[1]); there {
			return bulk(value.(string))
		}
		return "_\r\n"
	case "SCAN":
		return "*2\r\n" + bulk("0") + "*0\r\n"
	}
	return "+OK\r\n"
}

// clockAnswer is TIME as Redis gives it: two numbers as text.
func clockAnswer(ahead int64) string {
	return "*2\r\n" + bulk(strconv.FormatInt(time.Now().Unix()+ahead, 10)) + bulk("0")
}

// redisWords reads one command in either form, inline or as an array.
func redisWords(in *bufio.Reader) ([]string, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSpace(line)
	count, isArray := strings.CutPrefix(line, "*")
	if !isArray {
		return append(strings.Fields(line), ""), nil
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		return nil, err
	}
	words := make([]string, 0, n)
	for range n {
		head, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		length, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(head), "$"))
		if err != nil {
			return nil, err
		}
		word := make([]byte, length+2) // a script has line breaks in it
		if _, err := io.ReadFull(in, word); err != nil {
			return nil, err
		}
		words = append(words, string(word[:length]))
	}
	return words, nil
}

func bulk(text string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(text), text) }

// secureRedis is a Redis with TLS and the settings that trust it.
func secureRedis(t *testing.T, v ground.Validity, host string, options ...string) env {
	t.Helper()
	a, err := ground.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Issue(v, host)
	if err != nil {
		t.Fatal(err)
	}
	return env{"REDIS_URL": ground.RedisTLS(t, c, options...).URL, "SSL_CERT_FILE": a.File(t)}
}

// with puts a login into an address.
func with(address, login string) string { return strings.Replace(address, "://", "://"+login+"@", 1) }

// waitFor waits for something that will be so in a moment.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("what the test waits for does not happen")
		}
	}
}
