package ground

import (
	"fmt"
	"strconv"
	"testing"
)

// NginxServer is an nginx of the test's own.
type NginxServer struct {
	*service
	URL string // http://localhost:port
}

// Nginx starts an nginx with the given text inside http { }: one or more server blocks, upstreams and maps. Each
// {{port}} in it becomes the port that URL names, so a block says "listen 127.0.0.1:{{port}};"; {{folder}} is where the
// files of put stand.
func Nginx(t testing.TB, config string, put ...File) *NginxServer {
	t.Helper()
	s, text := proxyService(t, "nginx", config, put)
	// One process would do, but only a master with a worker behaves as in production when it is told to reload.
	conf := fmt.Sprintf(`daemon off;
worker_processes 1;
pid %[1]s/nginx.pid;
error_log stderr info;
events { worker_connections 256; }
http {
include /etc/nginx/mime.types;
default_type application/octet-stream;
access_log %[1]s/access.log;
client_body_temp_path %[1]s/body;
proxy_temp_path %[1]s/proxy;
fastcgi_temp_path %[1]s/fastcgi;
uwsgi_temp_path %[1]s/uwsgi;
scgi_temp_path %[1]s/scgi;
%[2]s
}
`, s.folder, text)
	// -e: without it nginx first tries its system-wide log, which belongs to root.
	s.run("-e", "stderr", "-p", s.folder, "-c", s.writeFile("nginx.conf", conf))
	return &NginxServer{service: s, URL: "http://localhost:" + strconv.Itoa(s.Port)}
}
