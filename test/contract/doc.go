// Package contract owns the promises of the program to its callers, tried from outside on the running program.
//
// The tests know what is documented and nothing of the implementation. Each topic has a file and a server of its own. On
// every answer of every test, whatever its topic, invariants_test.go looks at the headers, the cookies and the shape of
// an error; so a test reads what is special about its topic and nothing else.
//
// routes_test.go holds one line for each documented route. A route that the program documents and the table lacks fails
// the tests: it would otherwise go without the checks of forgery, authorisation, headers and methods that run over all.
package contract
