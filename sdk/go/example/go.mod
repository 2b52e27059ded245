module github.com/aiwfe/aiwfe-auth/sdk/go/example

go 1.22

require github.com/aiwfe/aiwfe-auth/sdk/go/authclient v0.0.0

replace github.com/aiwfe/aiwfe-auth/sdk/go/authclient => ../authclient
