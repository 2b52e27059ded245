package valkey

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// refusal is an error that the server answered with, as it said it.
type refusal string

func (r refusal) Error() string { return string(r) }

// pushed is what a server tells without being asked (RESP3).
type pushed []any

// Bounds of an answer: what is longer is none to a question of ours.
const (
	longestText = 16 << 20
	longestList = 1 << 20
	deepest     = 8
)

var errStrange = errors.New("the answer is not one of a Valkey or Redis server")

// appendCommand writes a command in the protocol of the server.
func appendCommand(b []byte, words []string) []byte {
	b = strconv.AppendInt(append(b, '*'), int64(len(words)), 10)
	for _, w := range words {
		b = strconv.AppendInt(append(b, "\r\n$"...), int64(len(w)), 10)
		b = append(append(b, "\r\n"...), w...)
	}
	return append(b, "\r\n"...)
}

// readAnswer reads one value: a text, a number (int64), a list ([]any, pairs of a
// map one after the other), nil, a refusal, or something pushed.
func readAnswer(r *bufio.Reader) (any, error) { return readValue(r, 0) }

func readValue(r *bufio.Reader, depth int) (any, error) {
	if depth > deepest {
		return nil, errStrange
	}
	line, err := readLine(r)
	if err != nil {
		return nil, err
	}
	rest := line[1:]
	switch line[0] {
	case '+', ',', '(', '#':
		return rest, nil
	case '-':
		return refusal(rest), nil
	case ':':
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return nil, errStrange
		}
		return n, nil
	case '$', '=', '!':
		return readText(r, line[0], rest)
	case '*', '~':
		return readList(r, rest, 1, depth)
	case '%':
		return readList(r, rest, 2, depth)
	case '>':
		list, err := readList(r, rest, 1, depth)
		all, _ := list.([]any)
		return pushed(all), err
	case '_':
		return nil, nil
	case '|': // attributes stand before the value that they are of
		if _, err := readList(r, rest, 2, depth); err != nil {
			return nil, err
		}
		return readValue(r, depth+1)
	}
	return nil, errStrange
}

func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", errStrange
	}
	if err != nil {
		return "", err
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || text == "" {
		return "", errStrange
	}
	return text, nil
}

func readText(r *bufio.Reader, kind byte, length string) (any, error) {
	n, err := strconv.Atoi(length)
	switch {
	case err != nil || n < -1 || n > longestText:
		return nil, errStrange
	case n == -1:
		return nil, nil
	}
	b := make([]byte, n+2)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	text, ok := strings.CutSuffix(string(b), "\r\n")
	switch {
	case !ok:
		return nil, errStrange
	case kind == '!':
		return refusal(text), nil
	case kind == '=' && len(text) >= 4: // its form comes first, such as txt:
		return text[4:], nil
	}
	return text, nil
}

func readList(r *bufio.Reader, length string, each, depth int) (any, error) {
	n, err := strconv.Atoi(length)
	switch {
	case err != nil || n < -1 || n > longestList:
		return nil, errStrange
	case n == -1:
		return nil, nil
	}
	list := make([]any, 0, min(n*each, 1024))
	for range n * each {
		v, err := readValue(r, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}
